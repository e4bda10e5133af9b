import { contextOf, hasMemalloc, isAtomic } from "../model/contexts.ts";
import { NO_PAGES, type Plan } from "../model/apis.ts";
import type { ApiFamily } from "../model/apis/api.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { DecisionName } from "../model/decisions/decisions.ts";
import { tableOf } from "../model/decisions/table.ts";
import { comesTo as tryComesTo, decides as decidesOf } from "../model/decisions/walk.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { COSTLY_ORDER } from "../model/limits.ts";
import type { AllocationRequest } from "../model/request.ts";
import { bytesOf, orderOf } from "../model/sizes.ts";
import { found, has, holds } from "./_predicates.ts";
import type { Match, RuleFix, Subject } from "./rule.ts";

/** What the call comes to before memory is looked at. */
export const planOf = (subject: Subject): Plan => subject.plan;

/** The call, with this changed in it, fails before it looks at memory, whatever the state of that. */
const isRefused = ({ api, kernel, request }: Subject, changed: Partial<AllocationRequest>): boolean =>
  api.plan(kernel, { ...request, ...changed }).refused === "always";

/** The same call of a few bytes or pages, in the ways in which it may be small. */
function smallSizes({ kernel, request }: Subject): readonly Partial<AllocationRequest>[] {
  const { order, sizeBytes, pages, count } = request;
  return [
    [1, 1],
    [2 * kernel.options.pageBytes, 2],
  ].map(([bytes = 1, number = 1]) => ({
    order: order === null ? null : 0,
    sizeBytes: sizeBytes === null ? null : bytes,
    pages: pages === null ? null : 2,
    count: count === null ? null : number,
  }));
}

const IN_PROCESS: Partial<AllocationRequest> = { context: contextOf("process") };

/** The call refuses the size, wherever it stands: in a process it would try a small one. */
export const refusesSize = (subject: Subject): boolean =>
  planOf(subject).refused === "always" &&
  isRefused(subject, IN_PROCESS) &&
  smallSizes(subject).some((small) => !isRefused(subject, { ...small, ...IN_PROCESS }));

/** The call refuses the place, whatever the size: it would try a small one in a process. */
export const refusesContext = (subject: Subject): boolean =>
  planOf(subject).refused === "always" &&
  smallSizes(subject).some((small) => isRefused(subject, small) && !isRefused(subject, { ...small, ...IN_PROCESS }));

/** The bytes that the function at the end of the calls is asked for: with a header, for all of an array. */
export const bytesAsked = ({ kernel, api, request }: Subject): number =>
  bytesOf(kernel, api.asks?.(kernel, request) ?? request);

/** Something is asked for, and it is nothing. */
export const asksForNothing = ({ request }: Subject): boolean =>
  request.pages === 0 || request.sizeBytes === 0 || request.count === 0;

/** The order of the last try of the page allocator; NO_PAGES (-1) where the call asks for none. */
export const buddyOrder = (subject: Subject): number => planOf(subject).order;

/**
 * The order is one that the page allocator serves, and costly: not retried for ever, and no reason for the OOM killer.
 */
export function isCostly(subject: Subject): boolean {
  const order = buddyOrder(subject);
  return order > COSTLY_ORDER && order <= subject.kernel.maxOrder;
}

/** The decision of the slow path holds of the last try, whether or not the request comes to it. */
export function decides(subject: Subject, name: DecisionName): boolean {
  const facts = subject.facts("last");
  return facts !== null && decidesOf(tableOf(subject.kernel), facts, name);
}

/** A try comes to the decision of the slow path, and it holds. */
export function comesTo(subject: Subject, name: DecisionName, which: "first" | "last" = "last"): boolean {
  const facts = subject.facts(which);
  return facts !== null && tryComesTo(tableOf(subject.kernel), facts, name);
}

/** Orders that the page allocator tries as hard as it can: 0 to 3. */
export const isSmall = (subject: Subject): boolean =>
  buddyOrder(subject) > NO_PAGES && buddyOrder(subject) <= COSTLY_ORDER;

/** The flag is in the mask that reaches the page allocator, after the call and the scopes have changed it. */
export const reaches = (subject: Subject, flag: FlagName): boolean =>
  (subject.verdict.effective & subject.kernel.bits[flag]) !== 0;

/** The model can say what this call does, and a mask is written for it. */
export const isDecided = (subject: Subject): boolean =>
  subject.written !== null && subject.api.takesMask && subject.isKnown;

const isIn = (subject: Subject, families: readonly ApiFamily[]): boolean => families.includes(subject.api.family);

/** The families of `isPages`, `isSlab` and `isRetried`. */
export const PAGES: readonly ApiFamily[] = ["pages", "pages-exact"];
export const OBJECTS: readonly ApiFamily[] = ["slab", "slab-cache", "krealloc"];
export const PAGES_OR_OBJECTS: readonly ApiFamily[] = [...PAGES, ...OBJECTS];
export const RETRIED: readonly ApiFamily[] = [
  ...PAGES_OR_OBJECTS,
  ...(["kvmalloc", "vmalloc", "page-frag", "skb", "tree"] as const),
];

/** Pages straight from the page allocator. */
export const isPages = (subject: Subject): boolean => isIn(subject, PAGES);

/** Objects of slab caches. */
export const isSlab = (subject: Subject): boolean => isIn(subject, OBJECTS) && subject.api.name !== "kvrealloc";

/** Calls in which the slow path of the page allocator works with the caller's retry flags. */
export const isRetried = (subject: Subject): boolean => isIn(subject, RETRIED);

/** How a refused range call fails: those that return pages return NULL. */
export const refusal = (subject: Subject): string => (/_range$/.test(subject.api.name) ? "-EINVAL" : "NULL");

/** Calls that give an address of the kernel's own memory rather than a page. */
export const givesAddress = (subject: Subject): boolean =>
  subject.api.family === "pages-exact" ||
  ["__get_free_pages", "__get_free_page", "get_zeroed_page"].includes(subject.api.name);

/** The composites that may block, whose name a fix can replace by another name. */
const BLOCKING_COMPOSITES = ["GFP_KERNEL", "GFP_NOFS", "GFP_NOIO", "GFP_USER"] as const;

/** Writes another composite where the mask names one that may block; no fix where it does not. */
export function insteadOfBlocking(subject: Subject, by: string): readonly RuleFix[] {
  const name = BLOCKING_COMPOSITES.find((composite) => subject.written?.names.includes(composite) ?? false);
  return name === undefined ? [] : [{ kind: "replace-name", name, by, title: `Write ${by}` }];
}

/** The composite that may sleep where the request stands and keeps reclaim out of the locks that are held. */
export function blockingHere(subject: Subject): "GFP_KERNEL" | "GFP_NOFS" | "GFP_NOIO" {
  if (holds(subject, "io_lock")) return "GFP_NOIO";
  return holds(subject, "fs_lock") ? "GFP_NOFS" : "GFP_KERNEL";
}

const dropping = (flag: FlagName): RuleFix => ({
  kind: "remove-flags",
  flags: [flag],
  title: `Drop __GFP_${flag}`,
});

/** Marks the later of two flags; each can be dropped, the second first unless the fixes are given. */
export function clash(
  first: FlagName,
  second: FlagName,
  message: string,
  drops: readonly FlagName[] = [second, first],
): readonly Match[] {
  return found({ kind: "pair", flags: [first, second] }, message, ...drops.map(dropping));
}

const KVMALLOC: Readonly<Record<string, string>> = {
  kmalloc: "kvmalloc",
  kzalloc: "kvzalloc",
  kcalloc: "kvcalloc",
  kmalloc_array: "kvmalloc_array",
  kmalloc_node: "kvmalloc_node",
};

/** vmalloc() heeds __GFP_NOFAIL, and a fatal signal does not end it (5.17 to 5.19, and 6.10 on). */
export const vmallocKeepsNofail = ({ features }: Kernel): boolean =>
  features.vmallocNofail && features.vmallocFatalSignal !== "aborts";

/**
 * The kv call beside this one, where it would serve: a mask and a place that may sleep, no zone, and a __GFP_NOFAIL
 * only where vmalloc keeps it.
 */
export function kvmallocInstead(subject: Subject): readonly RuleFix[] {
  const api = KVMALLOC[subject.api.name];
  const { kernel } = subject;
  if (api === undefined || !has(subject, "DIRECT_RECLAIM") || has(subject, "DMA") || has(subject, "DMA32")) return [];
  if (isAtomic(kernel, subject.request.context) || (has(subject, "NOFAIL") && !vmallocKeepsNofail(kernel))) return [];
  if ((holds(subject, "fs_lock") && has(subject, "FS")) || (holds(subject, "io_lock") && has(subject, "IO"))) return [];
  return [{ kind: "replace-api", api, title: `Use ${api}()` }];
}

/**
 * An unchecked blocking request of a task that may not reclaim: noreclaim-scope-unchecked says it better than
 * unchecked-result.
 */
export function isUncheckedInReclaim(subject: Subject): boolean {
  if (
    !isDecided(subject) ||
    !isRetried(subject) ||
    !has(subject, "DIRECT_RECLAIM") ||
    has(subject, "NOFAIL") ||
    subject.result !== "unchecked"
  )
    return false;
  const { context } = subject.request;
  return hasMemalloc(context) && !isAtomic(subject.kernel, context) && subject.verdict.fails !== "never";
}

/** __GFP_MEMALLOC reaches the page allocator, and nothing takes its effect away. */
export function opensAllReserves(subject: Subject): boolean {
  const { bits } = subject.kernel;
  if (!isDecided(subject) || !has(subject, "MEMALLOC")) return false;
  const passed = planOf(subject).mask;
  return (passed & bits.MEMALLOC) !== 0 && (passed & bits.NOMEMALLOC) === 0;
}

/** An object of a cache with __GFP_MEMALLOC: pfmemalloc-slab says what the flag does there. */
export const isReserveObject = (subject: Subject): boolean =>
  isIn(subject, ["slab", "slab-cache"]) && has(subject, "MEMALLOC") && !has(subject, "NOMEMALLOC");

/** Both flags are in the caller's mask. */
export const hasBoth = (subject: Subject, first: FlagName, second: FlagName): boolean =>
  has(subject, first) && has(subject, second);

/** `alloc_pages() of order 2`, `kmalloc() of 64 bytes`. */
export function callText(subject: Subject): string {
  const order = orderOf(subject.kernel, subject.request);
  return subject.api.size === "order" && order > 0
    ? `${subject.api.name}() of order ${order}`
    : `${subject.api.name}()`;
}
