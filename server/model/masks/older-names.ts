import type { Kernel } from "../kernels/kernel.ts";
import type { OlderHeader } from "../kernels/older/header.ts";
import { mask, type Mask } from "./mask.ts";
import { encode, type DecodedMask } from "./names.ts";

/**
 * The order in which 4.6 to 4.18 print what the composites left (include/trace/events/mmflags.h, recalled); kernels
 * before print the number alone. Names that are not in it come last.
 */
const PRINTED: readonly string[] = [
  "GFP_DMA",
  "__GFP_HIGHMEM",
  "GFP_DMA32",
  "__GFP_WAIT",
  "__GFP_HIGH",
  "__GFP_ATOMIC",
  "__GFP_IO",
  "__GFP_FS",
  "__GFP_COLD",
  "__GFP_NOWARN",
  "__GFP_REPEAT",
  "__GFP_RETRY_MAYFAIL",
  "__GFP_NOFAIL",
  "__GFP_NORETRY",
  "__GFP_COMP",
  "__GFP_ZERO",
  "__GFP_NOMEMALLOC",
  "__GFP_MEMALLOC",
  "__GFP_HARDWALL",
  "__GFP_THISNODE",
  "__GFP_RECLAIMABLE",
  "__GFP_MOVABLE",
  "__GFP_ACCOUNT",
  "__GFP_NOTRACK",
  "__GFP_WRITE",
  "__GFP_RECLAIM",
  "__GFP_DIRECT_RECLAIM",
  "__GFP_KSWAPD_RECLAIM",
  "__GFP_OTHER_NODE",
];

/** The names of a mask of a release before the model begins, as `decode` gives those of others. */
export function decodeOlder(header: OlderHeader, value: Mask): DecodedMask {
  const names: string[] = [];
  let rest: number = value;
  for (const name of order(header)) {
    const bits = bitsOf(header, name) ?? 0;
    if (bits === 0 || (rest & bits) >>> 0 !== bits) continue;
    names.push(name);
    rest &= ~bits;
  }
  return { names, undefinedBits: mask(rest) };
}

function order({ composites, flags }: OlderHeader): Iterable<string> {
  const first = [...composites.keys()].filter((name) => !PRINTED.includes(name));
  return new Set([...first, ...PRINTED, ...flags.keys()]);
}

function bitsOf({ composites, flags }: OlderHeader, name: string): number | undefined {
  return flags.get(name) ?? composites.get(name);
}

/** The mask of names joined by `|`, or the first name that the release does not have. */
export function encodeOlder(header: OlderHeader, text: string): Mask | { readonly unknown: string } {
  let value = 0;
  for (const name of text.split("|").map((part) => part.trim())) {
    const number = /^(?:0x[0-9a-f]+|\d+)$/i.test(name) ? Number(name) : Number.NaN;
    const bits = bitsOf(header, name) ?? number;
    if (!(bits <= 0xffffffff)) return { unknown: name };
    value |= bits;
  }
  return mask(value);
}

/** Names that later releases have not, by those that ask for the same there; none where nothing does. */
const TODAY: Readonly<Record<string, readonly string[]>> = {
  __GFP_WAIT: ["__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM"],
  __GFP_REPEAT: ["__GFP_RETRY_MAYFAIL"],
};

/**
 * The mask with which a later kernel is asked for what an older one was asked for, by the meaning of its flags. Without
 * __GFP_WAIT (to 4.3) a request woke kswapd all the same and took from the reserves of atomic ones (mm/page_alloc.c:
 * gfp_to_alloc_flags(), recalled).
 */
export function todaysMask(header: OlderHeader, value: Mask, kernel: Kernel): Mask {
  const has = (name: string): boolean => (value & (header.flags.get(name) ?? 0)) !== 0;
  let translated = 0;
  for (const [name, bits] of header.flags) {
    if ((value & bits) === 0) continue;
    const encoded = encode(kernel, TODAY[name] ?? [name]);
    if (typeof encoded === "number") translated |= encoded;
  }
  if (!header.flags.has("__GFP_WAIT") || has("__GFP_WAIT")) return mask(translated);
  if (!has("__GFP_NO_KSWAPD")) translated |= kernel.bits.KSWAPD_RECLAIM;
  if (!has("__GFP_NO_KSWAPD") && !has("__GFP_NOMEMALLOC")) translated |= kernel.bits.ATOMIC;
  return mask(translated);
}
