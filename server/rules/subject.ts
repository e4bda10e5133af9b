import { apiAsCalled, apiNamed } from "../model/apis.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { verdict } from "../model/verdict.ts";
import type { Subject } from "./rule.ts";
import type { Asked } from "./site.ts";

/**
 * What the rules are asked about. Null where there is nothing to judge: the model does not know the function, the
 * kernel does not have it, or it takes a mask and none is written.
 */
export function subjectOf(kernel: Kernel, asked: Asked): Subject | null {
  const { request, written, result, hasFallback } = asked;
  const named = apiNamed(request.api);
  // A mask that may be left out is built in then, and no flag of it is the caller's.
  const given = written === null ? (named?.withoutMask ?? named) : named;
  if (given === null || !given.exists(kernel) || (given.takesMask && written === null)) return null;
  const api = apiAsCalled(given, kernel, request);
  return {
    kernel,
    api,
    request,
    verdict: asked.verdict ?? verdict(kernel, request),
    mask: request.mask,
    written,
    result,
    hasFallback,
  };
}
