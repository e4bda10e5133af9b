import type { Plan } from "../model/apis.ts";
import type { Api, ApiFamily } from "../model/apis/api.ts";
import type { LockName } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { WrittenMask } from "../model/masks/mask-scope.ts";
import type { CompositeName, FlagName, Mask } from "../model/masks/mask.ts";
import type { AllocationRequest, Verdict } from "../model/request.ts";
import type { Severity } from "./finding.ts";

/** What a rule sees: one request under one kernel. What the model says of it is worked out when it is asked for. */
export interface Subject {
  readonly kernel: Kernel;
  readonly api: Api;
  readonly request: AllocationRequest;
  readonly verdict: Verdict;
  /** The model can say what the call does: cheaper than to ask the verdict. */
  readonly isKnown: boolean;
  /** What the call comes to before memory is looked at. */
  readonly plan: Plan;
  /**
   * What the slow path sees of the first and of the last try (bits of FACT); null where the call makes no such try, or
   * one that is refused for its order.
   */
  readonly facts: (of: "first" | "last") => number | null;
  readonly mask: Mask;
  /** Null where the API takes no mask, or none was given. */
  readonly written: WrittenMask | null;
  /** Whether the caller looks at the result before it uses it; null: not known. */
  readonly result: "checked" | "unchecked" | null;
  /** The caller has another way when this request fails. */
  readonly hasFallback: boolean;
}

/** What a match is about; the site knows which text of its own stands for it. */
export type Anchor =
  | { readonly kind: "flag"; readonly flag: FlagName }
  /** Of two that do not go together the later one is marked and the other is related information. */
  | { readonly kind: "pair"; readonly flags: readonly [FlagName, FlagName] }
  /** Any of these flags that is set: the first one written is marked. */
  | { readonly kind: "flags"; readonly flags: readonly FlagName[] }
  | { readonly kind: "composite"; readonly composite: CompositeName }
  /** A name as written, for names that the kernel does not have. */
  | { readonly kind: "written"; readonly name: string }
  | { readonly kind: "literal" }
  | { readonly kind: "mask" }
  | { readonly kind: "size" }
  /** A further number that the call is given, by the name of its property. */
  | { readonly kind: "number"; readonly name: string }
  /** What the caller does with the result. */
  | { readonly kind: "result-check" }
  | { readonly kind: "api" }
  | { readonly kind: "context" };

/**
 * A change of the call that mends it; the site knows which edits of its text carry it out, if any do. `costs`: what the
 * caller loses by it (`ask.ts` says so): never the first remedy, never applied without looking.
 */
export type RuleFix = { readonly title: string; readonly costs?: string } & (
  | { readonly kind: "remove-flags"; readonly flags: readonly FlagName[] }
  | { readonly kind: "add-flags"; readonly flags: readonly FlagName[] }
  | { readonly kind: "replace-mask"; readonly text: string }
  | { readonly kind: "replace-name"; readonly name: string; readonly by: string }
  | { readonly kind: "remove-name"; readonly name: string }
  | { readonly kind: "remove-argument"; readonly argument: "mask" | "size" }
  | { readonly kind: "add-result-check" }
  | { readonly kind: "remove-result-check" }
  | { readonly kind: "replace-api"; readonly api: string }
);

export interface Match {
  readonly anchor: Anchor;
  /** One sentence: what the kernel does. Which kernels do it is not the rule's to say. */
  readonly message: string;
  readonly fixes: readonly RuleFix[];
  /** Where it is less than the rule's own severity: true, and no more than worth knowing here. */
  readonly severity?: Severity;
}

/** What is cheap to look at in a request. What is absent is not looked at. */
export interface Concerns {
  /** The function is of one of these. */
  readonly families?: readonly ApiFamily[];
  /** The mask has all of these flags. */
  readonly has?: readonly FlagName[];
  /** The mask has none of these flags. */
  readonly lacks?: readonly FlagName[];
  /** Whether the caller may not sleep where it stands (`isAtomic`). */
  readonly mayNotSleep?: boolean;
  readonly holds?: LockName;
  readonly result?: "checked" | "unchecked";
  readonly hasFallback?: true;
}

export interface Rule {
  /** Stable for ever: users write it. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /**
   * `ineffective`: something was wanted that does not come. `redundant`: it says what happens anyway, and nothing is
   * lost by
   * it; always a hint.
   */
  readonly class: "bug" | "warn" | "ineffective" | "redundant" | "deprecated" | "suspicious";
  /**
   * Since which release before the first one of the model, from memory: `since 2.6.x`. In which of the model's releases
   * it holds is asked of the predicate.
   */
  readonly recalled?: string;
  /** What happens and why, in a few sentences: the body of the rule's page. */
  readonly explanation: string;
  /** Kernel file and function. */
  readonly evidence: string;
  /** What to write instead. */
  readonly advice: string;
  /**
   * What every request has of which the rule has anything to say: it is not asked of any other. Absent: it may speak of
   * any request.
   */
  readonly concerns?: Concerns;
  /**
   * Of which of the calls of one function in C it speaks. `several`: at the first, where there are more; `first`: of
   * those that one place forbids, for they are one mistake. Absent: of each.
   */
  readonly speaksOf?: "several" | "first";
  /** A request that the rule reports and one that it does not, in the language: shown on the page and run as tests. */
  readonly examples: { readonly bad: string; readonly good: string };
  /** Whether there is any match, for a rule that says one sentence, where that hangs on less than its fixes. */
  readonly speaks?: (subject: Subject) => boolean;
  /** All matches of the rule on one request. Asks the model where it can. */
  readonly check: (subject: Subject) => readonly Match[];
}
