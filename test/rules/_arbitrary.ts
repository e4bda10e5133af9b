import fc from "fast-check";
import { allApis, apiNamed } from "../../server/model/apis.ts";
import { CONTEXT_NAMES, isContextName, type LOCK, type SCOPE } from "../../server/model/contexts.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../../server/model/masks/flags.ts";
import { compositeText, flagText } from "../../server/model/masks/names.ts";
import type { Asked } from "./_subject.ts";

const NAMES = [
  ...FLAG_NAMES.map(flagText),
  ...COMPOSITE_NAMES.map(compositeText),
  "__GFP_REPEAT",
  "0x40",
  "0",
  "GFP_KERNAL",
];

const mask = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 6 }),
    fc.option(fc.constantFrom("__GFP_RECLAIM", "__GFP_DIRECT_RECLAIM", "__GFP_FS"), { nil: null }),
  )
  .map(([names, cleared]) => names.join(" | ") + (cleared === null ? "" : ` & ~${cleared}`));

const amount = fc.constantFrom(
  ...[0, 1, 3, 4, 11, 63, 64, 511, 512, 4096, 4097, 8192, 98304, 4 << 20, (4 << 20) + 1, 2 ** 31, 2 ** 53],
);

/** A request has one size at most. */
const size: fc.Arbitrary<Pick<Asked, "order" | "size" | "pages">> = fc.oneof(
  fc.constant({}),
  fc.record({ order: amount }),
  fc.record({ size: amount }),
  fc.record({ pages: amount }),
);

const LOCKS = [
  "spinlock",
  "raw_spinlock",
  "rcu_read",
  "mutex",
  "fs_lock",
  "io_lock",
] as const satisfies readonly (keyof typeof LOCK)[];
const SCOPES = ["nofs", "noio", "noreclaim", "memalloc", "pin"] as const satisfies readonly (keyof typeof SCOPE)[];

/** Any request that can be asked of any kernel, sensible or not. */
export const asked: fc.Arbitrary<Asked> = fc
  .record({
    kernel: fc.constantFrom(...knownKernels()),
    options: fc.record({
      PREEMPT_RT: fc.boolean(),
      LOCKDEP: fc.boolean(),
      KASAN_HW_TAGS: fc.boolean(),
      MEMCG: fc.boolean(),
      CMA: fc.boolean(),
      ZONE_DMA: fc.boolean(),
      HIGHMEM: fc.boolean(),
    }),
    api: fc.constantFrom(...allApis().map(({ name }) => name)),
    flags: fc.option(mask, { nil: null }),
    sized: size,
    count: fc.option(amount, { nil: undefined }),
    context: fc.uniqueArray(fc.constantFrom(...CONTEXT_NAMES.filter(isContextName)), { maxLength: 2 }),
    holds: fc.uniqueArray(fc.constantFrom(...LOCKS), { maxLength: 2 }),
    scopes: fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: 2 }),
    node: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
    cache: fc.option(fc.record({ ctor: fc.boolean(), dma: fc.boolean(), account: fc.boolean() }), { nil: undefined }),
    handles: fc.option(fc.constantFrom("null" as const, "nothing" as const), { nil: undefined }),
    fallback: fc.boolean(),
    number: fc.option(amount, { nil: undefined }),
  })
  // Asked leaves out what is not said.
  .map(({ sized, count, node, cache, handles, number, ...rest }) => ({
    ...rest,
    ...sized,
    // The same for each further number that the API takes.
    numbers: Object.fromEntries(
      (apiNamed(rest.api)?.numbers ?? []).flatMap((name) => (number === undefined ? [] : [[name, number]])),
    ),
    ...(count === undefined ? {} : { count }),
    ...(node === undefined ? {} : { node }),
    ...(cache === undefined ? {} : { cache }),
    ...(handles === undefined ? {} : { handles }),
  }));
