// What the extension asks the language server beyond the protocol of all editors. The answers come from server/lsp.
import { RequestType } from "vscode-languageclient";
import type { MatrixAnswer, Span } from "./view/data.ts";

/** The kernel that a file is checked against, from its header or from the settings. */
export interface KernelInForce {
  /** Short, for the status bar: `Linux 6.12`. */
  readonly text: string;
  /** As a header writes it: `6.12`, `6.1 .. 6.12`. */
  readonly kernels: string;
  /** A sentence or two: where it comes from, the build options. */
  readonly detail: string;
}

export const kernelInForce = new RequestType<{ readonly uri: string }, KernelInForce | null, void>(
  "allocpolicy/kernelInForce",
);

/** Null when there is no rule of that name. */
export const rulePage = new RequestType<{ readonly rule: string }, { readonly markdown: string } | null, void>(
  "allocpolicy/rulePage",
);

/** `mask` as a number or an expression; `kernel` as in a file's header, the newest that the model knows if left out. */
export const decode = new RequestType<
  { readonly mask: string; readonly kernel?: string },
  { readonly text: string } | null,
  void
>("allocpolicy/decode");

/** One thing that a file expects, decided. */
export interface Expectation {
  readonly id: string;
  readonly label: string;
  readonly range: Span["range"];
  /** The request, policy or transform that it speaks of. */
  readonly declaration: string;
  readonly declarationRange: Span["range"] | null;
  readonly state: "passed" | "failed" | "not-decided";
  readonly message: string | null;
  readonly durationMs: number;
}

/** `fresh`: decide everything again. Null for a file that the server does not find. */
export const expectations = new RequestType<
  { readonly uri: string; readonly fresh: boolean },
  { readonly items: readonly Expectation[] } | null,
  void
>("allocpolicy/expectations");

/** The policies of a file; `range` is that of the name. */
export const policies = new RequestType<
  { readonly uri: string },
  readonly { readonly name: string; readonly range: Span["range"] }[],
  void
>("allocpolicy/policies");

/** A policy of a file: by name, or the one at a position. */
export type WhichPolicy = { readonly policy: string } | { readonly position: Span["range"]["start"] };

/** Null where the file declares no such policy. */
export const matrix = new RequestType<{ readonly uri: string } & WhichPolicy, MatrixAnswer | null, void>(
  "allocpolicy/matrix",
);
export const exportMatrix = new RequestType<
  { readonly uri: string; readonly format: "markdown" | "svg" } & WhichPolicy,
  { readonly text: string } | null,
  void
>("allocpolicy/exportMatrix");

/** The kernels that the model knows, newest first. */
export const kernels = new RequestType<object, readonly string[], void>("allocpolicy/kernels");

/** A file under two kernels, as the two texts of a diff; null where file or kernel are not known. */
export const diffOfKernels = new RequestType<
  { readonly uri: string; readonly from: string; readonly to: string },
  { readonly left: string; readonly right: string; readonly requests: number; readonly flags: number } | null,
  void
>("allocpolicy/diff");
interface NamedPolicy {
  readonly uri: string;
  readonly policy: string;
}
/** Two policies, compared on a page; null where one is not there. */
export const diffOfPolicies = new RequestType<
  { readonly first: NamedPolicy; readonly second: NamedPolicy },
  { readonly markdown: string } | null,
  void
>("allocpolicy/diff");
