import {
  CONTEXT_NAMES,
  isContextName,
  isLockName,
  isScopeName,
  type ContextName,
  type LockName,
  type ScopeName,
} from "../../server/model/contexts.ts";
import type { BuildOptions } from "../../server/model/kernels/kernel.ts";
import type { Asked } from "./_subject.ts";

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

type Switch = Exclude<keyof BuildOptions, "pageBytes">;

const SWITCHES: readonly Switch[] = [
  "PREEMPT_RT",
  "NUMA",
  "CMA",
  "MEMCG",
  "COMPACTION",
  "ZONE_DMA",
  "ZONE_DMA32",
  "HIGHMEM",
  "LOCKDEP",
  "KASAN_HW_TAGS",
  "DEBUG_VM",
];

function bytes(text: string): number {
  const [amount = "0", unit = "B"] = text.trim().split(/\s+/);
  return Number(amount) * (UNITS[unit] ?? 1);
}

interface Where {
  readonly context: readonly ContextName[];
  readonly holds: readonly LockName[];
  readonly scopes: readonly ScopeName[];
}

function declaredContext(text: string, name: string): Where | null {
  const body = new RegExp(`context ${name} \\{([^}]*)\\}`).exec(text)?.[1];
  if (body === undefined) return null;
  const words = (keyword: string): readonly string[] =>
    [...body.matchAll(new RegExp(`\\b${keyword}\\s+(\\w+)`, "g"))].map((match) => match[1] ?? "");
  return {
    context: words("in").filter(isContextName),
    holds: words("holds").filter(isLockName),
    scopes: words("scope").filter(isScopeName),
  };
}

/** Reads the file of one request that a rule shows as its example: enough of the language for these, on their own lines. */
export function readExample(text: string): Asked {
  const kernel = /^kernel (\S+)/m.exec(text)?.[1];
  const config = /config \{([^}]*)\}/.exec(text)?.[1] ?? "";
  const options: Partial<Record<Switch, boolean>> = {};
  for (const option of SWITCHES) {
    const value = new RegExp(`\\b${option} (on|off)`).exec(config)?.[1];
    if (value !== undefined) options[option] = value === "on";
  }
  const request = /request \w+ \{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
  const property = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}\\s+(.*)$`, "m").exec(request)?.[1]?.trim();
  const contextName = property("context") ?? "process";
  const where = declaredContext(text, contextName) ?? {
    context: isContextName(contextName) ? [contextName] : [],
    holds: [],
    scopes: [],
  };
  if (where.context.length === 0)
    throw new Error(`no context in the example: ${contextName}, not one of ${CONTEXT_NAMES.join(", ")}`);
  const cache = property("cache");
  const [order, size, pages, count, node, api, flags, handles] = [
    "order",
    "size",
    "pages",
    "count",
    "node",
    "api",
    "flags",
    "handles",
  ].map(property);
  return {
    ...(kernel === undefined ? {} : { kernel }),
    options,
    ...where,
    flags: flags ?? null,
    ...(api === undefined ? {} : { api }),
    ...(order === undefined ? {} : { order: Number(order) }),
    ...(size === undefined ? {} : { size: bytes(size) }),
    ...(pages === undefined ? {} : { pages: Number(pages) }),
    ...(count === undefined ? {} : { count: Number(count) }),
    ...(node === undefined ? {} : { node: Number(node) }),
    ...(cache === undefined
      ? {}
      : {
          cache: {
            ctor: /\bctor\b/.test(cache),
            reclaimable: /\breclaimable\b/.test(cache),
            sizeBytes: Number(/size (\d+)/.exec(cache)?.[1] ?? 0),
          },
        }),
    ...(handles === "null" || handles === "nothing" ? { handles } : {}),
    fallback: property("fallback") !== undefined,
  };
}
