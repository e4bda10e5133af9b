import type { Workspace } from "../../documents/workspace.ts";
import type { Fact } from "../../c-source/evidence.ts";
import type { InlayHint } from "../inlay-hints.ts";
import { allocationsIn, bindingFacts, provenAt, type Proven } from "./call-at.ts";
import { judgedC, type JudgedC } from "./judged.ts";

/** Behind each allocation between two offsets where it stands, if that is proven and no plain process. */
export function hintsInC(
  workspace: Workspace,
  uri: string,
  start: number,
  end: number,
  limit: number,
): readonly InlayHint[] {
  const judged = judgedC(workspace, uri);
  if (judged === null) return [];
  const hints: InlayHint[] = [];
  for (const at of allocationsIn(judged, start, end)) {
    const [first] = provenAt(judged, at);
    if (first === undefined) continue;
    if (hints.length >= limit) break;
    hints.push({ offset: at.fn.start + at.call.end, text: placeText(judged, first) });
  }
  return hints;
}

/** `under &dev->lock`, `in softirq, by rx_poll()`, `in nofs`. */
function placeText(judged: JudgedC, { facts }: Proven): string {
  const [fact] = bindingFacts(judged, facts);
  if (fact === undefined) return "";
  return fact.isBrought ? `${factText(fact)}, by a caller` : factText(fact);
}

const factText = ({ lock, context }: Fact): string => (lock === null ? `in ${context}` : `under ${lock}`);
