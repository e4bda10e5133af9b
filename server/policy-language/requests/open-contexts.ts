import { ANYWHERE, isAtomic, UNKNOWN_CONTEXT, type Context } from "../../model/contexts.ts";
import type { Environment } from "../analysis/environment.ts";
import type { KernelRequest } from "./under-kernels.ts";
import type { ResolvedRequest } from "./requests.ts";

/**
 * Where a request may be made that says `context unknown`: wherever code can run, and where sleeping is allowed if it
 * sleeps, since who sleeps elsewhere is wrong already. Null: its context is known.
 */
export function openContextsOf(
  environment: Environment,
  { api, contextWritten }: ResolvedRequest,
  under: KernelRequest,
): readonly Context[] | null {
  const isOpen =
    contextWritten?.property.context?.text === UNKNOWN_CONTEXT &&
    environment.lookup("context", UNKNOWN_CONTEXT) === null;
  if (!isOpen) return null;
  const { kernel, request } = under;
  const sleeps =
    api?.takesMask === true ? (request.mask & kernel.bits.DIRECT_RECLAIM) !== 0 : under.verdict.sleeps !== "never";
  return ANYWHERE.filter((context) => !sleeps || !isAtomic(kernel, context));
}
