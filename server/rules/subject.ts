import { apiNamed } from "../model/apis.ts";
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
  const api = apiNamed(request.api);
  if (api === null || !api.exists(kernel) || (api.takesMask && written === null)) return null;
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
