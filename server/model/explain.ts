import { apiAsCalled, apiNamed } from "./apis.ts";
import { explainMask } from "./explanation/mask.ts";
import { explainDeath, explainOwn, explainPlace, explainRange, explainRefusal } from "./explanation/own.ts";
import type { Explained } from "./explanation/reasons.ts";
import { explainDecisions, explainTries } from "./explanation/tries.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { placesIn } from "./kernels/places.ts";
import { hex, type FlagName, type Mask } from "./masks/mask.ts";
import type { AllocationRequest, Reason } from "./request.ts";
import { verdict } from "./verdict.ts";

/**
 * The flags of a mask by name, in the order of the bits, joined with ` | `; `0` for none, undefined bits in
 * hexadecimal.
 */
export function flagList(kernel: Kernel, value: Mask): string {
  const names: { readonly bit: number; readonly text: string }[] = [];
  let rest: number = value;
  for (const name of Object.keys(kernel.bits) as readonly FlagName[]) {
    const bit = kernel.bits[name];
    if (bit === 0 || (value & bit) === 0) continue;
    names.push({ bit, text: `__GFP_${name}` });
    rest &= ~bit;
  }
  names.sort((left, right) => left.bit - right.bit);
  const texts = names.map(({ text }) => text);
  if (rest !== 0) texts.push(hex(rest));
  return texts.length === 0 ? "0" : texts.join(" | ");
}

/**
 * Why the verdict is what it is, for people: what the model did with this very request, one sentence for each thing
 * that it decided, with the kernel function that does it; what the function does with other requests is told by its
 * notes (`MaskTreatment`). A reason claims the verdict's own answer, or names the part
 * of the call that it speaks of. Slower than the verdict.
 */
export function explain(kernel: Kernel, request: AllocationRequest): readonly Reason[] {
  const api = apiNamed(request.api);
  const answer = verdict(kernel, request);
  if (api === null || answer.unknown !== null) {
    const text = answer.unknown ?? `The model does not know ${request.api}.`;
    return [{ about: "refused", text, evidence: kernel.source, claim: null, of: "call" }];
  }
  const to: Explained = {
    kernel,
    api: apiAsCalled(api, kernel, request),
    request,
    plan: api.plan(kernel, request),
    verdict: answer,
    reasons: [],
  };
  explainMask(to);
  explainTries(to);
  explainRefusal(to);
  explainPlace(to);
  explainDeath(to);
  explainRange(to);
  explainDecisions(to);
  explainOwn(to);
  return to.reasons.map((reason) => ({ ...reason, evidence: placesIn(kernel, reason.evidence) }));
}
