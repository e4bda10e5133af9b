import type { SizeUnit } from "../../model/apis/api.ts";
import { maskOfCall, needsMask } from "../../model/apis.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { AllocationRequest, Verdict } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";
import { contextNamed } from "./contexts.ts";
import type { Environment } from "../analysis/environment.ts";
import type { MaskValue } from "../../model/masks/evaluation/mask-value.ts";
import type { Mask } from "../../model/masks/mask.ts";
import { evaluateMask } from "./masks.ts";
import { effectOfScopes, inScopes } from "./scopes.ts";
import type { ResolvedRequest } from "./requests.ts";

/** A request under one kernel. */
export interface KernelRequest {
  readonly kernel: Kernel;
  /** As the kernel is asked: its mask is what the declared scopes of the context leave of the call's. */
  readonly request: AllocationRequest;
  /** The mask that the call gives: what policies judge, as they do in the kernel's own scopes. */
  readonly callMask: Mask;
  /** Null where no mask is written. */
  readonly value: MaskValue | null;
  readonly verdict: Verdict;
}

/** A request, and what each kernel makes of it. */
export interface RequestUnderKernels {
  readonly request: ResolvedRequest;
  /**
   * The request as the model takes it, and its verdict; null where the API is unknown or does not exist in this kernel.
   */
  readonly under: (kernel: Kernel) => KernelRequest | null;
}

/**
 * Works out what each kernel makes of a request once, for all who ask: the rules, the policies and the expectations.
 */
export function underKernels(environment: Environment, request: ResolvedRequest): RequestUnderKernels {
  const known = new Map<Kernel, KernelRequest | null>();
  return {
    request,
    under: (kernel) => {
      let under = known.get(kernel);
      if (under === undefined) {
        under = requestUnder(environment, request, kernel);
        known.set(kernel, under);
      }
      return under;
    },
  };
}

/**
 * The request as the model takes it, and its verdict; null where the API is unknown or does not exist in this kernel.
 */
export function requestUnder(
  environment: Environment,
  resolved: ResolvedRequest,
  kernel: Kernel,
): KernelRequest | null {
  const { api, size, count } = resolved;
  if (api === null || !api.exists(kernel)) return null;
  const written = resolved.mask === null ? null : evaluateMask(environment, kernel, resolved.mask);
  const scopes = effectOfScopes(environment, kernel, api.takesMask ? resolved.context.designed : []);
  const value = written === null || scopes.certain ? written : { ...written, certain: false };
  const callMask = maskOfCall(kernel, api, value?.mask ?? null);
  const inUnit = (unit: SizeUnit): number | null => {
    if (unit === "count") return count?.value ?? null;
    return size !== null && size.unit === unit ? size.value : null;
  };
  const request: AllocationRequest = {
    api: api.name,
    mask: inScopes(scopes, callMask),
    order: inUnit("order"),
    sizeBytes: inUnit("bytes"),
    pages: inUnit("pages"),
    count: inUnit("count"),
    context: resolved.context,
    node: resolved.node,
    cache: resolved.cache,
    poolEmpty: false,
    numbers: resolved.numbers,
  };
  let known: Verdict | null = null;
  return {
    kernel,
    request,
    callMask,
    value,
    // Of most requests nobody asks it in every kernel.
    get verdict() {
      known ??= verdict(kernel, request);
      return known;
    },
  };
}

/**
 * Why nothing is said of what the request does: a part of it is not known, each with a finding of its own, or the model
 * has no answer. Null where it can be judged.
 */
export function whyOpen(
  environment: Environment,
  { api, size, contextWritten }: ResolvedRequest,
  { value, verdict: answer }: KernelRequest,
): string | null {
  if (answer.unknown !== null) return `the model does not know: ${answer.unknown.replace(/\.$/, "")}`;
  if (value === null ? api !== null && needsMask(api) : !value.certain) return "the mask is not fully known";
  const context = contextWritten?.property.context;
  if (context === null || (context !== undefined && contextNamed(environment, context.text) === null))
    return "the context is not known";
  return size !== null && size.value === null ? "the size is not known" : null;
}
