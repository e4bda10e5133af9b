import { apiAsCalled, apiNamed, type Plan } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import { factsOf } from "../model/decisions/facts.ts";
import { tableOf } from "../model/decisions/table.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { NO_QUESTIONS, noted, recalled, type Noted } from "../model/kernels/questions.ts";
import type { WrittenMask } from "../model/masks/mask-scope.ts";
import type { Mask } from "../model/masks/mask.ts";
import { applyScopes } from "../model/masks/properties.ts";
import type { AllocationRequest, Verdict } from "../model/request.ts";
import { answersOfPlan } from "../model/verdict.ts";
import type { Subject } from "./rule.ts";
import type { Asked } from "./site.ts";

/**
 * What the rules are asked about. Null where there is nothing to judge: the model does not know the function, the
 * kernel does not have it, or it takes a mask and none is written.
 */
export function subjectOf(kernel: Kernel, asked: Asked): Subject | null {
  const { request, written } = asked;
  const named = asked.api ?? apiNamed(request.api);
  // A mask that may be left out is built in then, and no flag of it is the caller's.
  const given = written === null ? (named?.withoutMask ?? named) : named;
  if (given === null || !given.exists(kernel) || (given.takesMask && written === null)) return null;
  return new AskedSubject(kernel, given, named ?? given, asked);
}

/**
 * Most rules have seen enough before they ask the model: what it says is worked out at the first question. What it asks
 * a watched kernel for that is noted for every rule that asks.
 */
class AskedSubject implements Subject {
  readonly kernel: Kernel;
  readonly request: AllocationRequest;
  readonly mask: Mask;
  readonly written: WrittenMask | null;
  readonly result: Asked["result"];
  readonly hasFallback: boolean;
  readonly #given: Api;
  readonly #called: Noted<Api>;
  /** As the request names it: of that the verdict speaks. */
  readonly #named: Api;
  readonly #asked: Asked["verdict"];
  #verdict: Noted<Verdict> | null = null;
  #plan: Noted<Plan> | null = null;

  constructor(kernel: Kernel, given: Api, named: Api, asked: Asked) {
    const { request, written, result, hasFallback } = asked;
    this.kernel = kernel;
    this.request = request;
    this.mask = request.mask;
    this.written = written;
    this.result = result;
    this.hasFallback = hasFallback;
    this.#given = given;
    this.#called =
      given.asCalled === undefined
        ? { value: given, questions: NO_QUESTIONS }
        : noted(kernel, () => apiAsCalled(given, kernel, request));
    this.#named = named;
    this.#asked = asked.verdict;
  }

  get api(): Api {
    return recalled(this.#called);
  }

  get plan(): Plan {
    this.#plan ??= noted(this.kernel, () => this.api.plan(this.kernel, this.request));
    return recalled(this.#plan);
  }

  get verdict(): Verdict {
    this.#verdict ??= noted(this.kernel, () => this.#verdictOf());
    return recalled(this.#verdict);
  }

  #verdictOf(): Verdict {
    if (this.#asked !== undefined) return this.#asked();
    const plan = this.#named === this.api ? this.plan : this.#named.plan(this.kernel, this.request);
    return answersOfPlan(this.kernel, this.request, plan);
  }

  get isKnown(): boolean {
    return this.#given.mayBeUnknown !== true || this.verdict.unknown === null;
  }

  facts(of: "first" | "last"): number | null {
    const { firstMask, firstOrder, mask, order } = this.plan;
    return of === "first" ? this.#factsOf(firstMask, firstOrder) : this.#factsOf(mask, order);
  }

  #factsOf(value: Mask, order: number): number | null {
    const { kernel } = this;
    if (order < 0 || order > kernel.maxOrder) return null;
    const { context } = this.request;
    return factsOf(tableOf(kernel).facts, applyScopes(kernel, value, context.scopes), order, context);
  }
}
