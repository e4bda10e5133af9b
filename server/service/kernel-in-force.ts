import type { KernelInForce } from "../../protocol/kernel.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { CONFIG_OPTIONS } from "../policy-language/analysis/checked-kernels.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { sizeText } from "../policy-language/analysis/sizes.ts";
import { DEFAULT_OPTIONS, type BuildOptions } from "../model/kernels/build-options.ts";

/** Which kernel a file is checked against; null for a file that the workspace does not have. */
export function kernelInForce(workspace: Workspace, uri: string): KernelInForce | null {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return null;
  const kernels = environment.kernelKnown ? environment.kernelsText : "?";
  return {
    text: `Linux ${kernels}${environment.options.PREEMPT_RT ? " RT" : ""}`,
    kernels: environment.kernelsText,
    detail: kernelDetail(environment),
  };
}

/** Where the kernels come from, how many they are, and the build options. */
export function kernelDetail(environment: Environment): string {
  const count = environment.kernelKnown ? environment.kernels.length : 0;
  const many = count > 1 ? `, ${count} kernels` : "";
  return `${ORIGIN[environment.kernelsFrom]}${many}. ${optionsText(environment.options)}`;
}

const ORIGIN: Readonly<Record<Environment["kernelsFrom"], string>> = {
  header: "From the file's `kernel` header",
  settings: "From the settings, for want of a `kernel` header",
  nothing: "The `kernel` header names no version that the model knows, so nothing is said about what the kernel does",
  newest: "The newest release that the model knows, for want of a `kernel` header and a setting",
};

/** The build options that are not the usual ones, as a sentence. */
export function optionsText(options: BuildOptions): string {
  const changed = CONFIG_OPTIONS.flatMap((name) => {
    if (name === "page")
      return options.pageBytes === DEFAULT_OPTIONS.pageBytes ? [] : [`page ${sizeText(options.pageBytes)}`];
    return options[name] === DEFAULT_OPTIONS[name] ? [] : [`${name} ${options[name] ? "on" : "off"}`];
  });
  return changed.length === 0
    ? "Build options: those of a common x86-64 distribution kernel."
    : `Build options that differ from a common x86-64 distribution kernel: ${changed.join(", ")}.`;
}
