import type { SideUse } from "../apis/_plan.ts";
import { answersOf, isReasonOf } from "../decisions/answers.ts";
import { EFFECT, type Try } from "../decisions/decision.ts";
import { contextFacts, factsOf, requestFacts } from "../decisions/facts.ts";
import { holdsOf, tableOf, type Compiled } from "../decisions/table.ts";
import { chargeCan, chargePathOf, pagesCan, pathOf } from "../decisions/walk.ts";
import type { Mask } from "../masks/mask.ts";
import { maskText } from "../masks/names.ts";
import { applyScopes } from "../masks/properties.ts";
import type { Answers, Claim, Part } from "../request.ts";
import { treatmentEvidence } from "./evidence.ts";
import { because, becauseOfPart, note, type Explained } from "./reasons.ts";

/**
 * Something that a call does with a mask: a try of the page allocator or the charge, what it may come to, and by which
 * decisions.
 */
interface Asking {
  readonly of: Exclude<Part, "call">;
  readonly mask: Mask;
  readonly order: number;
  readonly facts: number;
  readonly path: readonly Compiled[];
  readonly answers: Answers;
}

/** What a call asks for, the part whose failure the caller sees first. */
function askingsOf(to: Explained): readonly Asking[] {
  const { kernel, api, plan, request } = to;
  const asking = (of: Asking["of"], value: Mask, order: number, silent: number): readonly Asking[] => {
    if (order < 0 || order > kernel.maxOrder || plan.fastOnly) return [];
    const table = tableOf(kernel);
    const scoped = applyScopes(kernel, value, request.context.scopes);
    const facts = factsOf(table.facts, scoped, order, request.context);
    const can = pagesCan(table, scoped, order, request.context) & ~silent;
    return [{ of, mask: scoped, order, facts, path: pathOf(table, facts), answers: answersOf(can) }];
  };
  const several = plan.firstOrder >= 0;
  const ranges = api.family === "contig" || api.family === "cma";
  return [
    ...asking(ranges ? "pages to move to" : several ? "last try" : "pages", plan.mask, plan.order, 0),
    ...asking("first try", plan.firstMask, plan.firstOrder, 0),
    ...asking("second try", plan.betweenMask, plan.betweenOrder, 0),
    ...asking("large blocks", plan.blocksMask, plan.blocksOrder, 0),
    ...(plan.sideMask === 0 ? [] : asking(plan.side, plan.sideMask, 0, EFFECT.warn | EFFECT.fail)),
    ...chargeOf(to),
  ];
}

function chargeOf({ kernel, plan, request }: Explained): readonly Asking[] {
  if (!plan.charged || plan.refused === "always") return [];
  const table = tableOf(kernel);
  const scoped = applyScopes(kernel, plan.chargeMask, request.context.scopes);
  const order = Math.max(0, plan.order);
  const facts = requestFacts(table.facts, scoped, order) | contextFacts(request.context);
  const can = chargeCan(table, scoped, order, request.context);
  return [{ of: "charge", mask: scoped, order, facts, path: chargePathOf(table, facts), answers: answersOf(can) }];
}

/**
 * The decisions that held of each part, as reasons: those that are reasons for the verdict's own answer stand for the
 * whole call, those of the last try for another answer name it.
 */
export function explainDecisions(to: Explained): void {
  for (const [place, asking] of askingsOf(to).entries()) {
    const of: Try = { kernel: to.kernel, mask: asking.mask, order: asking.order, context: to.request.context };
    for (const { decision } of asking.path) {
      for (const { claim, when, text } of decision.says) {
        if (!isReasonOf(asking.answers, claim) || !holdsOf(to.kernel, when, asking.facts)) continue;
        const sentence = typeof text === "string" ? text : text(of);
        tell(to, asking.of, place === 0, claim, sentence, decision.evidence);
      }
    }
  }
}

function tell(to: Explained, of: Asking["of"], isLast: boolean, claim: Claim, text: string, evidence: string): void {
  const [about, value] = claim;
  const isVerdict = to.verdict[about] === value;
  const told = to.reasons.some(
    (reason) => reason.text === text || (!isLast && isReasonFor(reason.claim, about, value)),
  );
  if (told) return;
  // A range sleeps and fails for reasons of its own, and what is tried before the last try may fail.
  if (of === "pages to move to" && (about === "sleeps" || about === "fails")) return;
  if (about === "fails" && !isLast && of !== "charge") return;
  if (isLast && isVerdict && of !== "pages to move to") because(to, claim, text, evidence);
  else if (isLast) becauseOfPart(to, of, claim, text, evidence);
  else if (isVerdict && value !== "never" && value !== "none") becauseOfPart(to, of, claim, text, evidence);
}

function isReasonFor(claim: Claim | null, about: string, value: string): boolean {
  return claim !== null && claim[0] === about && claim[1] === value;
}

/** Which tries the call makes of the page allocator. */
export function explainTries(to: Explained): void {
  const { kernel, plan, request } = to;
  if (plan.refused === "always") return;
  const evidence = treatmentEvidence(kernel, request);
  const tell = (name: string, order: number, value: Mask): void => {
    const refused = order > kernel.maxOrder ? ", which is refused for its order" : "";
    note(to, "size", `${name}: order ${order} with ${maskText(kernel, value)}${refused}.`, evidence);
  };
  if (plan.area)
    note(to, "size", "A contiguous memory area is tried first.", "kernel/dma/contiguous.c:dma_alloc_contiguous");
  if (plan.firstOrder >= 0) tell("First try", plan.firstOrder, plan.firstMask);
  if (plan.betweenOrder >= 0) tell("Second try", plan.betweenOrder, plan.betweenMask);
  if (plan.blocksOrder >= 0) {
    const orders = plan.blocksOrder === 1 ? "order 1" : `orders ${plan.blocksOrder} down to 1`;
    const text = `Large blocks: ${orders} are tried once each with ${maskText(kernel, plan.blocksMask)}, and split.`;
    note(to, "size", text, "mm/vmalloc.c:vm_area_alloc_pages");
  }
  if (plan.firstOrder >= 0 && plan.order >= 0) tell("Last try", plan.order, plan.mask);
  else if (plan.order > 0 && request.order === null)
    note(to, "size", `The page allocator is asked for order ${plan.order}.`, evidence);
  if (plan.sideMask !== 0) note(to, "size", sideText(to), SIDE_EVIDENCE[plan.side]);
  if (plan.order < 0 && plan.firstOrder < 0 && plan.refused === "never")
    note(to, "size", "No page is asked for.", evidence);
}

const SIDES: Readonly<Record<SideUse, string>> = {
  "page tables": "Page tables are asked for with",
  descriptor: "A new page's descriptor is asked for with",
  node: "Before that a slab on the node that is named is tried with",
  head: "The head of the buffer (struct sk_buff) is asked for with",
};

const SIDE_EVIDENCE: Readonly<Record<SideUse, string>> = {
  "page tables": "mm/vmalloc.c:__vmalloc_area_node",
  descriptor: "mm/dmapool.c:pool_alloc_page",
  node: "mm/slub.c:___slab_alloc",
  head: "net/core/skbuff.c:__alloc_skb",
};

function sideText({ kernel, plan, request }: Explained): string {
  return `${SIDES[plan.side]} ${maskText(kernel, applyScopes(kernel, plan.sideMask, request.context.scopes))}.`;
}
