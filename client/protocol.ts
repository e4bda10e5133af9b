// What the extension asks the language server beyond the protocol of all editors. The answers come from server/lsp.
import { RequestType } from "vscode-languageclient";

/** The kernel that a file is checked against, from its header or from the settings. */
export interface KernelInForce {
  /** Short, for the status bar: `Linux 6.12`. */
  readonly text: string;
  /** As a header writes it: `6.12`, `6.1 .. 6.12`. */
  readonly kernels: string;
  /** A sentence or two: where it comes from, the build options. */
  readonly detail: string;
}

export const kernelInForce = new RequestType<{ readonly uri: string }, KernelInForce | null, void>("allocpolicy/kernelInForce");

/** Null when there is no rule of that name. */
export const rulePage = new RequestType<{ readonly rule: string }, { readonly markdown: string } | null, void>("allocpolicy/rulePage");

/** `mask` as a number or an expression; `kernel` as in a file's header, the newest that the model knows if left out. */
export const decode = new RequestType<{ readonly mask: string; readonly kernel?: string }, { readonly text: string } | null, void>("allocpolicy/decode");
