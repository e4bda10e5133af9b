import type { ConfigHeader, ConfigSetting, KernelHeader, Size } from "../../../grammar/ast.ts";
import type { BuildOptions, Kernel } from "../../model/kernels/kernel.ts";
import {
  BUILD_SWITCHES,
  type BuildSwitch,
  DEFAULT_OPTIONS,
  isBuildSwitch,
  isPageSize,
} from "../../model/kernels/build-options.ts";
import { withDesigned, type Design } from "../../model/kernels/designed.ts";
import { kernelOf, newestRelease, releasesBetween } from "../../model/kernels/kernels.ts";
import { versionNamed } from "../../model/kernels/named.ts";
import type { KernelGroup } from "./environment.ts";
import type { FileIndex } from "./file-index.ts";
import type { Severity } from "../../rules/finding.ts";
import { bytesOfSize } from "./sizes.ts";
import type { Settings } from "../../documents/settings.ts";

/**
 * What a file is judged by: the kernels and options of its headers and of the settings. Equal headers give the same
 * object.
 */
export interface CheckedKernels {
  readonly kernels: readonly Kernel[];
  readonly groups: readonly KernelGroup[];
  readonly kernelsFrom: "header" | "settings" | "newest" | "nothing";
  readonly kernelsText: string;
  readonly options: BuildOptions;
  readonly ruleLevels: Readonly<Record<string, Severity | "off">>;
}

/** The versions of a `kernel` header, or of a setting written like one. */
export interface WrittenVersions {
  readonly versions: readonly string[];
  readonly range: boolean;
}

/**
 * How many are kept for each settings object: headers are typed letter by letter, and most of what is typed returns.
 */
const KEPT = 32;
const cache = new WeakMap<Settings, Map<string, CheckedKernels>>();

export function checkedKernelsOf(index: FileIndex, settings: Settings): CheckedKernels {
  const kernelItem = index.file.regions[index.kernels[0] ?? -1]?.item;
  const configItem = index.file.regions[index.configs[0] ?? -1]?.item;
  const header = kernelItem?.kind === "kernel" ? kernelItem : null;
  const config = configItem?.kind === "config" ? configItem : null;
  const key = keyOf(header, config);

  let ofSettings = cache.get(settings);
  if (ofSettings === undefined) {
    ofSettings = new Map();
    cache.set(settings, ofSettings);
  }
  const known = ofSettings.get(key);
  if (known !== undefined) return known;
  if (ofSettings.size >= KEPT) ofSettings.clear();
  const checked = makeCheckedKernels(header, config, settings);
  ofSettings.set(key, checked);
  return checked;
}

const designs = new WeakMap<CheckedKernels, Map<string, CheckedKernels>>();

/** The same with the flags and scopes that the file and what it imports declare: equal names give the same object. */
export function withDesign(checked: CheckedKernels, design: Design): CheckedKernels {
  const { flags, scopes } = design;
  if (flags.length + scopes.length === 0) return checked;
  const known = designs.get(checked) ?? new Map<string, CheckedKernels>();
  designs.set(checked, known);
  const key = [flags, scopes].map((names) => [...new Set(names)].sort().join(" ")).join(", ");
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= KEPT) known.clear();
  const kernels = checked.kernels.map((kernel) => withDesigned(kernel, design));
  const designed = { ...checked, kernels, groups: groupAlike(kernels) };
  known.set(key, designed);
  return designed;
}

/** All that `makeCheckedKernels` reads of the headers. No header is another key than one that says nothing. */
function keyOf(header: KernelHeader | null, config: ConfigHeader | null): string {
  return JSON.stringify([
    header === null ? null : [header.range, ...header.versions.map((version) => version.text)],
    config === null ? null : config.settings.map(({ option, value }) => [option.text, writtenValue(value)]),
  ]);
}

function writtenValue(value: ConfigSetting["value"]): readonly (string | null)[] | string | null {
  return value === null || typeof value === "string" ? value : [value.number.text, value.unit];
}

function writtenVersions(header: KernelHeader): string {
  return header.versions.map((version) => version.text).join(header.range ? " .. " : ", ");
}

function makeCheckedKernels(
  header: KernelHeader | null,
  config: ConfigHeader | null,
  settings: Settings,
): CheckedKernels {
  const options = optionsOf(config, settings);
  const { names, kernelsFrom, kernelsText } = kernelNames(header, settings);
  const kernels: Kernel[] = [];
  for (const name of names) {
    const kernel = kernelOf(name, options);
    if (!("unknown" in kernel) && !kernels.includes(kernel)) kernels.push(kernel);
  }
  const [first] = kernels;
  return {
    kernels,
    groups: groupAlike(kernels),
    kernelsFrom,
    kernelsText,
    options: first?.options ?? { ...DEFAULT_OPTIONS, ...options },
    ruleLevels: settings.ruleLevels,
  };
}

function kernelNames(
  header: KernelHeader | null,
  settings: Settings,
): {
  readonly names: readonly string[];
  readonly kernelsFrom: CheckedKernels["kernelsFrom"];
  readonly kernelsText: string;
} {
  const forced = settings.forcedKernel ?? null;
  const named = (
    text: string,
  ): { readonly names: readonly string[]; readonly kernelsFrom: "settings"; readonly kernelsText: string } | null => {
    const names = releasesOf(parseVersions(text));
    return names.length === 0 ? null : { names, kernelsFrom: "settings", kernelsText: text };
  };
  if (forced !== null) {
    const chosen = named(forced);
    if (chosen !== null) return chosen;
  }
  if (header !== null) {
    const names = releasesOf({ versions: header.versions.map((version) => version.text), range: header.range });
    if (names.length > 0) return { names, kernelsFrom: "header", kernelsText: writtenVersions(header) };
  } else if (settings.defaultKernel !== null) {
    const chosen = named(settings.defaultKernel);
    if (chosen !== null) return chosen;
  }
  const newest = newestRelease();
  return { names: [newest], kernelsFrom: header === null ? "newest" : "nothing", kernelsText: newest };
}

/** Reads `6.12`, `6.1 .. 6.12`, `6.1, 6.6`: the notation of the header, for settings and command lines. */
export function parseVersions(text: string): WrittenVersions {
  const [from, to, more] = text.split("..").map((part) => part.trim());
  if (from !== undefined && to !== undefined && more === undefined) return { versions: [from, to], range: true };
  return {
    versions: text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
    range: false,
  };
}

/** The names of the kernels that are written, those of a range with all releases in it; unknown ones are left out. */
export function releasesOf(written: WrittenVersions): readonly string[] {
  if (written.range) {
    const [first, last] = written.versions;
    if (first === undefined || last === undefined) return knownOf(written.versions);
    const between = releasesBetween(versionNamed(first).version, versionNamed(last).version);
    return "unknown" in between ? knownOf([first, last]) : between;
  }
  return knownOf(written.versions);
}

const knownOf = (versions: readonly string[]): readonly string[] =>
  versions.map((text) => versionNamed(text).version).filter(isKnown);

function isKnown(version: string): boolean {
  return !("unknown" in kernelOf(version));
}

// Options -------------------------------------------------------------------------------------------------------------

/** What a `config` can set: the build options that are on or off, and `page`. */
export const CONFIG_OPTIONS: readonly (BuildSwitch | "page")[] = [...BUILD_SWITCHES, "page"];

/** The page size that a setting asks for; null when it is none that Linux has. */
export function pageBytesOf(size: Size): number | null {
  const bytes = bytesOfSize(size);
  return isPageSize(bytes) ? bytes : null;
}

function optionsOf(config: ConfigHeader | null, settings: Settings): Partial<BuildOptions> {
  const options: { -readonly [name in keyof BuildOptions]?: BuildOptions[name] } = { ...settings.options };
  for (const { option, value } of config?.settings ?? []) {
    if (value === null) continue;
    if (typeof value === "string") {
      if (isBuildSwitch(option.text)) options[option.text] = value === "on";
      continue;
    }
    const bytes = option.text === "page" ? pageBytesOf(value) : null;
    if (bytes !== null) options.pageBytes = bytes;
  }
  return options;
}

// Kernels that answer alike -------------------------------------------------------------------------------------------

const signatures = new WeakMap<Kernel, string>();

/** Everything of a kernel that an answer can depend on, but its name. */
function signatureOf(kernel: Kernel): string {
  const known = signatures.get(kernel);
  if (known !== undefined) return known;
  const { name: _name, mainlineIndex: _index, source: _source, ...facts } = kernel;
  const signature = JSON.stringify(facts);
  signatures.set(kernel, signature);
  return signature;
}

function groupAlike(kernels: readonly Kernel[]): readonly KernelGroup[] {
  const groups = new Map<string, { readonly kernel: Kernel; readonly members: number[] }>();
  kernels.forEach((kernel, i) => {
    const signature = signatureOf(kernel);
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, { kernel, members: [i] });
    else group.members.push(i);
  });
  return [...groups.values()];
}
