import type { Clause } from "../../../grammar/ast.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Binding, Environment } from "../../policy-language/analysis/environment.ts";
import { textOf } from "./spans.ts";

/** The clause without its reason, on one line. */
export function clauseText(environment: Environment, owner: Binding, clause: Clause): string {
  const reason = "because" in clause ? clause.because : null;
  const text = textOf(environment, owner, { start: clause.start, end: clause.end });
  // The reason stands last.
  return reason === null || reason === undefined ? text : text.slice(0, text.lastIndexOf(" because ")).trim();
}

/** A sentence that goes on where there is more to say. */
export function sentence(text: string, more: string): string {
  return more === "" ? text : `${text}; ${more}`;
}

/** The bits, as a sentence refers to them. */
export function them(bits: Mask): string {
  return isSingle(bits) ? "it" : "all of it";
}

/** Whether it is one bit. */
export function isSingle(bits: Mask): boolean {
  return (bits & (bits - 1)) === 0;
}

/** `: "isolation does not block"`, in the author's words. */
export function because(clause: Clause): string {
  const reason = "because" in clause ? clause.because : null;
  return reason === null || reason === undefined ? "" : `: “${reason.value}”`;
}

/** `refuses X` of several functions: `refuse X`. */
export function plural(text: string): string {
  return text.replace(/^(refuse|clear|ignore|honour|take)s\b/, "$1");
}
