import { allApis, maskOfCall } from "../../server/model/apis.ts";
import { contextOf, withScope } from "../../server/model/contexts.ts";
import { explain } from "../../server/model/explain.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { PLACE } from "../../server/model/kernels/places.ts";
import { bareMask } from "../../server/rules/bare-request.ts";

const MASKS = [
  "GFP_KERNEL",
  "GFP_ATOMIC",
  "GFP_NOFS|__GFP_NOFAIL",
  "GFP_ATOMIC|__GFP_NOFAIL",
  "GFP_NOIO|__GFP_RETRY_MAYFAIL",
  "GFP_KERNEL|__GFP_NORETRY|__GFP_NOWARN|__GFP_THISNODE",
  "GFP_KERNEL_ACCOUNT|__GFP_COMP|__GFP_MEMALLOC",
  "GFP_HIGHUSER_MOVABLE|__GFP_ZERO",
  "GFP_DMA|__GFP_NOMEMALLOC|__GFP_WRITE",
];
const CONTEXTS = [contextOf("process"), contextOf("hardirq"), withScope(contextOf("process"), "memalloc")];
const SIZES = [
  { order: 0, pages: 1, sizeBytes: 64 },
  { order: 3, pages: 512, sizeBytes: 8192 },
  { order: 9, pages: 65536, sizeBytes: 1 << 23 },
];

/** The places (`mm/slub.c:kfree`) that are named as proof of what the kernel does, over requests of every function. */
export function placesSaid(kernel: Kernel): ReadonlySet<string> {
  const said = new Set<string>();
  for (const api of allApis()) {
    for (const text of MASKS) {
      const given = bareMask(kernel, text);
      if ("wrong" in given) continue;
      for (const context of CONTEXTS) {
        for (const { order, pages, sizeBytes } of SIZES) {
          const reasons = explain(kernel, {
            api: api.name,
            mask: maskOfCall(kernel, api, given.mask),
            order: api.size === "order" ? order : null,
            pages: api.size === "pages" ? pages : null,
            sizeBytes: api.size === "bytes" ? sizeBytes : null,
            count: api.size === "count" ? 8 : null,
            context,
            node: null,
            cache: null,
            numbers: {},
            poolEmpty: false,
          });
          for (const { evidence } of reasons) for (const [place] of evidence.matchAll(PLACE)) said.add(place);
        }
      }
    }
  }
  return said;
}
