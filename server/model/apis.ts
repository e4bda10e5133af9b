import type { Api } from "./apis/api.ts";
import { ALL } from "./apis/index.ts";

export { NO_PAGES, type Plan } from "./apis/_plan.ts";

const byName: ReadonlyMap<string, Api> = new Map(ALL.map((api) => [api.name, api]));

/** Every allocation function that the model knows, of all kernels: ask `exists(kernel)`. */
export function allApis(): readonly Api[] {
  return ALL;
}

/** The function of that C name, or null. */
export function apiNamed(name: string): Api | null {
  return byName.get(name) ?? null;
}
