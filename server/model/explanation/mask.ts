import { SCOPE } from "../contexts.ts";
import { EMPTY, hex, mask, type Mask } from "../masks/mask.ts";
import { maskText } from "../masks/names.ts";
import { applyScopes, MIGRATE } from "../masks/properties.ts";
import { evidenceOf, treatmentEvidence } from "./evidence.ts";
import { because, note, type Explained } from "./reasons.ts";

/** What the call does with each flag that the caller passes. */
function explainFlags(to: Explained): void {
  const { kernel, api, request } = to;
  if (!api.takesMask) {
    if (request.mask !== 0)
      note(
        to,
        "mask",
        `${request.api} takes no mask: ${maskText(kernel, request.mask)} is not what it is given.`,
        evidenceOf(api, kernel, EMPTY),
      );
    return;
  }
  const { refused, clearedWithWarning, cleared, ignored, forced } = api.treatment(kernel);
  const given = request.mask;
  const tell = (flags: number, what: string): void => {
    const value = mask(flags & ~refused);
    if (value !== 0)
      note(to, "mask", `${request.api} ${what.replace("%", maskText(kernel, value))}.`, evidenceOf(api, kernel, value));
  };
  const complained = mask(given & clearedWithWarning & ~refused);
  for (const certainty of ["may", "always"] as const) {
    if (complained !== 0)
      because(
        to,
        ["warns", certainty],
        `${request.api} takes ${maskText(kernel, complained)} out, with a warning in the kernel log.`,
        evidenceOf(api, kernel, complained),
      );
  }
  tell(given & cleared & ~clearedWithWarning, "takes % out silently");
  tell(given & ignored & ~cleared & ~clearedWithWarning, "accepts %, without any effect");
  tell(given & forced & ~ignored & ~cleared & ~clearedWithWarning, "sets % in any case");
}

/** What the call adds to the mask for the page allocator, and what it keeps from it. */
function explainPassing(to: Explained): void {
  const { kernel, api, request, plan } = to;
  const added = mask(plan.mask & ~request.mask);
  const dropped = api.takesMask ? droppedOf(to) : EMPTY;
  const evidence = treatmentEvidence(kernel, request);
  if (added !== 0) note(to, "mask", `${request.api} adds ${maskText(kernel, added)} for the page allocator.`, evidence);
  if (dropped !== 0)
    note(to, "mask", `${request.api} does not pass ${maskText(kernel, dropped)} to the page allocator.`, evidence);
}

/**
 * What is said of single flags already is not said again; what slab chooses its cache by and what clears is not lost.
 */
function droppedOf({ kernel, api, request, plan }: Explained): Mask {
  const { refused, clearedWithWarning, cleared, ignored } = api.treatment(kernel);
  const said = refused | clearedWithWarning | cleared | ignored | kernel.bits.ZERO | kernel.bits.ACCOUNT;
  return mask(request.mask & ~plan.mask & kernel.namedBits & ~said);
}

function explainScopes(to: Explained): void {
  const { kernel, plan } = to;
  const { scopes } = to.request.context;
  const scoped = applyScopes(kernel, plan.mask, scopes);
  const evidence = "include/linux/sched/mm.h:current_gfp_context";
  if (scoped !== plan.mask)
    note(to, "mask", `The scope takes ${maskText(kernel, mask(plan.mask & ~scoped))} away.`, evidence);
  else if ((scopes & (SCOPE.nofs | SCOPE.noio)) !== 0)
    note(to, "mask", "The scope changes nothing: the mask has none of the bits that it takes away.", evidence);
}

function explainZone(to: Explained): void {
  const { verdict } = to;
  note(
    to,
    "zone",
    verdict.zoneValid
      ? `The highest zone allowed is ${verdict.zone}${verdict.zonelist === 1 ? ", of one node only" : ""}.`
      : `The zone bits contradict each other: a BUG with DEBUG_VM, and without it the lowest zone, ${verdict.zone}, silently.`,
    "include/linux/gfp.h:gfp_zone",
  );
  if (verdict.migratetype === MIGRATE.INVALID)
    note(
      to,
      "zone",
      "__GFP_MOVABLE with __GFP_RECLAIMABLE gives migratetype 3, which is that of the HIGHATOMIC reserve.",
      "include/linux/gfp.h:gfp_migratetype",
    );
}

/** What becomes of the mask on its way to the page allocator, and where the pages may lie. */
export function explainMask(to: Explained): void {
  const { kernel, plan, verdict } = to;
  explainFlags(to);
  if (verdict.undefinedBits !== 0)
    note(
      to,
      "mask",
      `The bits ${hex(verdict.undefinedBits)} have no meaning in ${kernel.name}.`,
      "include/linux/gfp_types.h",
    );
  if (plan.refused === "always") return;
  explainPassing(to);
  explainScopes(to);
  explainZone(to);
}
