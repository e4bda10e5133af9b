import type { RequestDeclaration } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { flagsIn, maskText } from "../../model/masks/names.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Verdict } from "../../model/request.ts";
import { requestUnder, whyOpen } from "../requests/under-kernels.ts";
import { resolveRequest } from "../requests/requests.ts";
import type { Side } from "./side.ts";

export interface Change {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** `sleeps`: `never`; `mask`: `GFP_KERNEL | __GFP_NOWARN`. */
export interface RequestFact {
  readonly what: string;
  readonly value: string;
  /** What it is compared by, where that is not the text: of a mask its flags, for composites change. */
  readonly flags?: string;
}

export interface RequestDifference {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** What of a verdict is laid beside another, in the order in which it is shown. */
export const VERDICT_FIELDS = [
  "sleeps",
  "reclaim",
  "compaction",
  "kswapd",
  "oom",
  "fails",
  "warns",
  "reserves",
  "loops",
  "zone",
] as const satisfies readonly (keyof Verdict)[];

/**
 * What is true of a request on one side, in the order in which it is shown; null where its function does not exist
 * there.
 */
export function requestFacts(side: Side, declaration: RequestDeclaration): readonly RequestFact[] | null {
  const resolved = resolveRequest(side.environment, declaration);
  const under = requestUnder(side.environment, resolved, side.kernel);
  if (under === null) return null;
  const { request, verdict } = under;
  const open = whyOpen(side.environment, resolved, under) !== null;
  return [
    { what: "api", value: request.api },
    maskFact(side.kernel, "mask", request.mask),
    maskFact(side.kernel, "reaches the page allocator as", verdict.effective),
    ...VERDICT_FIELDS.map((what) => ({ what, value: open ? "unknown" : String(verdict[what]) })),
  ];
}

/** A mask is compared flag by flag: the numbers were shuffled more than once. */
function maskFact(kernel: Kernel, what: string, value: Mask): RequestFact {
  return { what, value: maskText(kernel, value), flags: flagsIn(kernel, value).toSorted().join(" ") };
}

/** A mask, and the flags that it has and the other one has not. */
function withFlags(text: string, flags: readonly string[], others: readonly string[]): string {
  const own = flags.filter((flag) => flag !== "" && !others.includes(flag)).map((flag) => `__GFP_${flag}`);
  return own.length === 0 ? text : `${text} (with ${own.join(", ")})`;
}

/** What the kernel does otherwise with a request of the one side and the same of the other. */
export function requestChanges(
  first: Side,
  one: RequestDeclaration,
  second: Side,
  other: RequestDeclaration,
): readonly Change[] {
  const [before, after] = [requestFacts(first, one), requestFacts(second, other)];
  if (before === null || after === null) {
    const state = (side: Side, facts: typeof before): string =>
      facts === null ? `no such call in ${side.kernel.name}` : "judged";
    return before === null && after === null
      ? []
      : [{ what: "call", from: state(first, before), to: state(second, after) }];
  }
  const changes = before.map(({ what, value, flags }, index) => {
    const now = after[index];
    const isSame = (flags ?? value) === (now?.flags ?? now?.value);
    if (isSame || value !== now?.value) return { what, from: value, to: now?.value ?? "", isSame };
    // The same names for other flags: a composite has changed.
    const [had, has] = [flags?.split(" ") ?? [], now.flags?.split(" ") ?? []];
    return { what, from: withFlags(value, had, has), to: withFlags(value, has, had), isSame };
  });
  const [, masks, reaches] = changes;
  // The mask that the allocator sees is told only where the call makes another of it.
  const isSame = masks !== undefined && reaches !== undefined && reaches.from === masks.from && reaches.to === masks.to;
  return changes
    .filter((change) => !change.isSame && !(isSame && change === reaches))
    .map(({ what, from, to }) => ({ what, from, to }));
}
