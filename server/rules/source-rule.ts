import type { Kernel } from "../model/kernels/kernel.ts";
import type { OwnFree } from "../model/memory-kinds.ts";
import type { WrittenMask } from "../model/masks/mask-scope.ts";
import type { Mask } from "../model/masks/mask.ts";
import type { Severity } from "./finding.ts";
import type { Rule } from "./rule.ts";

/** The mask of a call, under one kernel. */
export interface SourceMask {
  readonly mask: Mask;
  readonly written: WrittenMask;
}

/** An allocation in C, as far as a rule of the code around it asks. */
export interface SourceCall {
  /** The C name of the function. */
  readonly api: string;
  /** Null: it takes none, or it is not known. */
  readonly mask: SourceMask | null;
  readonly order: number | null;
}

/** Something that stands in the code and that no request shows: what a rule of the code is asked about. */
export type SourceFact =
  /** The code goes round until the call succeeds. */
  | { readonly kind: "retried"; readonly call: SourceCall }
  /** A mask is compared with a composite, or a bit of one is looked for. */
  | { readonly kind: "mask-tested"; readonly how: "any-bit" | "all-bits" | "equal"; readonly composite: string }
  /** A function returns inside of the scope that it opened. */
  | { readonly kind: "scope-left-open"; readonly save: string }
  /** `current->flags` is written by hand. */
  | { readonly kind: "task-flag-set"; readonly flag: string; readonly isSet: boolean }
  /** What a call gave is handed to this function. */
  | { readonly kind: "memory-used"; readonly call: SourceCall; readonly by: string }
  /** One mempool is asked twice before anything is given back or sent off. */
  | { readonly kind: "pool-taken-twice"; readonly call: SourceCall; readonly pool: string }
  /** The size comes from user space. */
  | { readonly kind: "size-from-user"; readonly call: SourceCall; readonly size: string; readonly by: string }
  /** Where the mask belongs stands no mask, and a mask stands elsewhere. */
  | { readonly kind: "arguments-swapped"; readonly call: SourceCall }
  /** What a call that makes memory larger is given is overwritten with what it gives, NULL included. */
  | { readonly kind: "pointer-overwritten"; readonly call: SourceCall; readonly pointer: string }
  /** What a call gave is given back by a function for other memory; `own`: what it is, and what gives it back. */
  | { readonly kind: "freed-otherwise"; readonly call: SourceCall; readonly by: string; readonly own: OwnFree | null }
  /**
   * The object that a call makes is used, or only kept, without a test, or is tested for what the function never gives.
   * `fails`: what it gives where it cannot.
   */
  | {
      readonly kind: "object-unseen";
      readonly call: SourceCall;
      readonly how: "unchecked" | "kept" | "by another test";
      readonly fails: string;
      readonly pointer: string;
    }
  /** A mask is made with `||`, `&&`, or with `&` of two flags that have nothing in common. */
  | { readonly kind: "mask-made-logically"; readonly operator: "||" | "&&" | "&" }
  /**
   * The function is given a mask, and writes another one. `isUsed`: it uses the caller's somewhere else; `isUnderLock`:
   * it holds something of its own there.
   */
  | {
      readonly kind: "mask-ignored";
      readonly call: SourceCall;
      readonly parameter: string;
      readonly isUsed: boolean;
      readonly isUnderLock: boolean;
    };

/** What is wrong with a fact. */
export interface SourceMatch {
  /** One sentence: what happens, and after a colon what to do. */
  readonly message: string;
  /** Where it is less than the rule's own severity. */
  readonly severity?: Severity;
  /** Somebody else may have done what is missing here. */
  readonly isPossible?: boolean;
  /** The mask of the call is better written so; null: the text does not say how. */
  readonly writeMask: string | null;
}

/** A mistake that no request shows, and that the C code around a call does. */
export interface SourceRule
  extends Pick<Rule, "id" | "title" | "severity" | "class" | "explanation" | "evidence" | "advice"> {
  /** C that it reports and C that it does not: shown on its page and run as tests. */
  readonly examples: { readonly bad: string; readonly good: string };
  /** Null: the rule has nothing to say of the fact. */
  readonly check: (fact: SourceFact, kernel: Kernel) => SourceMatch | null;
}
