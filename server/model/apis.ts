import type { Api, OwnApi } from "./apis/api.ts";
import { ALL } from "./apis/index.ts";
import { wrapped } from "./apis/wrappers/_wrap.ts";
import { ALL_WRAPPERS } from "./apis/wrappers/index.ts";
import type { Wrapper } from "./apis/wrappers/wrapper.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { ALL as RELEASES } from "./kernels/releases/index.ts";
import { perKernel } from "./kernels/per-kernel.ts";
import { EMPTY, type Mask } from "./masks/mask.ts";
import type { AllocationRequest } from "./request.ts";

export { forbiddenPlace, NO_PAGES, samePlan, type Plan } from "./apis/_plan.ts";

/** The functions that some release brings or drops. */
const COMING_AND_GOING = new Set(RELEASES.flatMap(({ brings = [], drops = [] }) => [...brings, ...drops]));

const everywhere = (): boolean => true;

function existsOf({ name, exists = everywhere }: OwnApi): Api["exists"] {
  return COMING_AND_GOING.has(name) ? (kernel) => !kernel.lacks.has(name) && exists(kernel) : exists;
}

/** What a function does to masks is asked of every call of it. */
const OWN: readonly Api[] = ALL.map((api) => ({
  ...api,
  exists: existsOf(api),
  treatment: perKernel(api.treatment),
}));
const APIS: readonly Api[] = [...OWN, ...wrapped(OWN, ALL_WRAPPERS)];
const byName: ReadonlyMap<string, Api> = new Map(APIS.map((api) => [api.name, api]));

/** Every allocation function that the model knows, of all kernels: ask `exists(kernel)`. */
export function allApis(): readonly Api[] {
  return APIS;
}

/** The function of that C name, or null. */
export function apiNamed(name: string): Api | null {
  return byName.get(name) ?? null;
}

/** Functions that only call one that the model knows, and that it does not list: requests do not name them. */
export const apart = (lines: readonly Wrapper[]): readonly Api[] => wrapped(OWN, lines);

/** What a function is for a request, under its own name: where it may call several others, on the one that it does. */
export function apiAsCalled(api: Api, kernel: Kernel, request: AllocationRequest): Api {
  return api.asCalled?.(kernel, request) ?? api;
}

/** Whether a call of the function is whole only with a mask. */
export function needsMask(api: Api): boolean {
  return api.takesMask && api.withoutMask === undefined;
}

/** The mask of a call by the one that is written; null, none is: GFP_KERNEL where that is the default, else nothing. */
export function maskOfCall(kernel: Kernel, api: Api, written: Mask | null): Mask {
  return written ?? (api.withoutMask === undefined ? EMPTY : kernel.gfp.KERNEL);
}
