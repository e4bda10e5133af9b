import { RequestType, type Location, type Range } from "vscode-languageserver";
import type { KernelDiff } from "../service/diff.ts";
import type { ExpectationItem } from "../service/expectations.ts";
import type { MatrixAnswer, MatrixSpan } from "../service/matrix.ts";

/** What the protocol has no request for: asked by the VS Code extension, open to any client. Parameters are read field by field. */
export const kernelInForceRequest = new RequestType<
  unknown,
  { readonly text: string; readonly kernels: string; readonly detail: string } | null,
  void
>("allocpolicy/kernelInForce");
export const rulePageRequest = new RequestType<unknown, { readonly markdown: string } | null, void>(
  "allocpolicy/rulePage",
);
export const decodeRequest = new RequestType<unknown, { readonly text: string } | null, void>("allocpolicy/decode");

/** What a file expects. `fresh`: decide everything again. */
export const expectationsRequest = new RequestType<
  unknown,
  { readonly items: readonly WireExpectation[] } | null,
  void
>("allocpolicy/expectations");
/** The policies that a file declares. */
export const policiesRequest = new RequestType<unknown, readonly WirePolicy[], void>("allocpolicy/policies");
/** The matrix of a policy: by name, by position, or the first of the file. */
export const matrixRequest = new RequestType<unknown, WireMatrixAnswer | null, void>("allocpolicy/matrix");
/** The same as a text, `markdown` or `svg`. */
export const exportMatrixRequest = new RequestType<unknown, { readonly text: string } | null, void>(
  "allocpolicy/exportMatrix",
);
/** The kernels that the model knows, newest first. */
export const kernelsRequest = new RequestType<unknown, readonly string[], void>("allocpolicy/kernels");
/** A file under two kernels (`from`, `to`), or two policies (`first`, `second`). */
export const diffRequest = new RequestType<unknown, KernelDiff | { readonly markdown: string } | null, void>(
  "allocpolicy/diff",
);

/** Places are those of the protocol. */
export type WireExpectation = Omit<ExpectationItem, "range" | "declarationRange"> & {
  readonly range: Range;
  readonly declarationRange: Range | null;
};
export type WirePolicy = { readonly name: string; readonly range: Range };
/** A matrix with every place as a location of the protocol. */
export type WireMatrixAnswer = Located<MatrixAnswer>;

/** A type with each place in a file, at any depth, as a location. */
export type Located<T> = T extends MatrixSpan
  ? Location
  : T extends object
    ? { readonly [Key in keyof T]: Located<T[Key]> }
    : T;
