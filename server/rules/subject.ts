import { apiAsCalled, apiNamed, type Plan } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import { factsOf } from "../model/decisions/facts.ts";
import { tableOf } from "../model/decisions/table.ts";
import { pathOf } from "../model/decisions/walk.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { NO_QUESTIONS, noted, recalled, type Noted } from "../model/kernels/questions.ts";
import type { WrittenMask } from "../model/masks/expression.ts";
import type { Mask } from "../model/masks/mask.ts";
import { applyScopes } from "../model/masks/properties.ts";
import type { AllocationRequest, Verdict } from "../model/request.ts";
import { verdictOfPlan } from "../model/verdict.ts";
import type { Subject, Tried } from "./rule.ts";
import type { Asked } from "./site.ts";

/**
 * What the rules are asked about. Null where there is nothing to judge: the model does not know the function, the
 * kernel does not have it, or it takes a mask and none is written.
 */
export function subjectOf(kernel: Kernel, asked: Asked): Subject | null {
  const { request, written } = asked;
  const named = apiNamed(request.api);
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
  #verdict: Noted<Verdict> | null;
  #plan: Noted<Plan> | null = null;
  #tries: Noted<Subject["tries"]> | null = null;

  constructor(kernel: Kernel, given: Api, named: Api, asked: Asked) {
    const { request, written, result, hasFallback } = asked;
    this.kernel = kernel;
    this.request = request;
    this.mask = request.mask;
    this.written = written;
    this.result = result;
    this.hasFallback = hasFallback;
    this.#given = given;
    this.#called = noted(kernel, () => apiAsCalled(given, kernel, request));
    this.#named = named;
    this.#verdict = asked.verdict === undefined ? null : { value: asked.verdict, questions: NO_QUESTIONS };
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
    const plan = this.#named === this.api ? this.plan : this.#named.plan(this.kernel, this.request);
    return verdictOfPlan(this.kernel, this.request, plan);
  }

  get isKnown(): boolean {
    return this.#given.mayBeUnknown !== true || this.verdict.unknown === null;
  }

  get tries(): Subject["tries"] {
    this.#tries ??= noted(this.kernel, () => this.#triesOf(this.plan));
    return recalled(this.#tries);
  }

  #triesOf({ firstMask, firstOrder, mask, order }: Plan): Subject["tries"] {
    return { first: this.#tried(firstMask, firstOrder), last: this.#tried(mask, order) };
  }

  #tried(value: Mask, order: number): Tried | null {
    const { kernel } = this;
    if (order < 0 || order > kernel.maxOrder) return null;
    const { context } = this.request;
    const table = tableOf(kernel);
    const facts = factsOf(table.facts, applyScopes(kernel, value, context.scopes), order, context);
    return { facts, path: pathOf(table, facts) };
  }
}
