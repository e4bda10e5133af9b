import type { Mask as MaskNode } from "../../grammar/ast.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { Mask } from "../model/masks/mask.ts";
import type { Binding, Environment } from "./environment.ts";
import type { Place } from "./finding.ts";
import type { WrittenMask } from "./rules/rule.ts";

/** A piece of the expression and the bits that it brings. */
export interface MaskPart {
  /** Relative to the region that the expression stands in. */
  readonly place: Place;
  readonly text: string;
  /** `complement`: a `~…` whose bits survive; `unknown`: a name that this kernel does not have, worth 0. */
  readonly kind: "flag" | "composite" | "group" | "alias" | "parameter" | "transform" | "literal" | "complement" | "unknown";
  /** What the piece stands for by itself. */
  readonly bits: Mask;
  /** The bits of the whole result that it carries: after `&` and `~` around it. */
  readonly carries: Mask;
  /** The declaration, for an alias or a transform; evaluate its expression for the next step of how a bit got there. */
  readonly binding: Binding | null;
  /** It stands under a `~`: its bits are cleared, not set. */
  readonly negated: boolean;
}

/** What an expression comes to under one kernel, and how. */
export interface MaskValue {
  /** Bits as in C: 32 of them, `~` included. */
  readonly mask: Mask;
  /** The names, literals and calls of the expression, in order. */
  readonly parts: readonly MaskPart[];
  readonly written: WrittenMask;
  /** Every name was known and every literal fits; false: the mask is a best effort. */
  readonly certain: boolean;
}

/**
 * Evaluates an expression under one kernel. Names resolve to declared `flags` first, then to the kernel's flags, its
 * composites and the built-in groups. Never throws, whatever the depth of aliases or their cycles (a cycle is worth 0).
 */
export declare function evaluateMask(environment: Environment, kernel: Kernel, node: MaskNode): MaskValue;
