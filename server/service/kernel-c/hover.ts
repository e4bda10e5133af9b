import { contextWith } from "../../c-source/evidence.ts";
import type { LinkedFunction } from "../../c-source/link/link.ts";
import { pathOf, type PlacedFact } from "../../c-source/link/ways.ts";
import type { Held } from "../../c-source/functions/state.ts";
import { LOCK_CALLS, type LockFamily } from "../../c-source/tables/locks.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { linesOf, positionAt } from "../../../grammar/lines.ts";
import { apiNamed } from "../../model/apis.ts";
import { isAtomic } from "../../model/contexts.ts";
import { flagList } from "../../model/explain.ts";
import type { AllocationRequest } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";
import { COMPOSITES, flagAsks } from "../../model/masks/flags.ts";
import { hex } from "../../model/masks/mask.ts";
import { CONTEXTS, SCOPES } from "../descriptions/words.ts";
import type { Explanation } from "../hover/explanation.ts";
import { bulleted, code, escaped, heading } from "../markdown.ts";
import { visible } from "../visible.ts";
import { builtInMaskName } from "../mask-names.ts";
import { answersSummary } from "../request-summary.ts";
import { treatmentOfFlag } from "../treatment.ts";
import { allocationsIn, askedAt, bindingFacts, callHolding, provenAt, type CallAt, type Proven } from "./call-at.ts";
import { judgedC, linkOf, type JudgedC } from "./judged.ts";

/** Masks, allocating calls and locks, explained; null for all else, which is others' to explain. */
export function hoverInC(workspace: Workspace, uri: string, offset: number): Explanation | null {
  const judged = judgedC(workspace, uri);
  if (judged === null) return null;
  const word = wordAt(judged.document.text, offset);
  if (word === null) return null;
  const at = callHolding(judged, offset);
  // A call holds itself, so its name is that of the innermost call.
  const named = at !== null && at.fn.start + at.call.start === word.start ? at : null;
  const markdown =
    maskHover(judged, word.text, at) ?? lockHover(judged, word) ?? (named === null ? null : callHover(judged, named));
  // What holds a lock is named as the file writes it.
  return markdown === null ? null : { markdown: visible(markdown), start: word.start, end: word.end };
}

/** What the call that an offset is in may do, else the first one in its line; null: none that allocates is. */
export function callExplained(workspace: Workspace, uri: string, offset: number): string | null {
  const judged = judgedC(workspace, uri);
  if (judged === null) return null;
  const held = callHolding(judged, offset);
  const explained = (at: CallAt): string | null => {
    const markdown = callHover(judged, at);
    return markdown === null ? null : visible(markdown);
  };
  if (held !== null && held.call.allocation !== null) return explained(held);
  const { text } = judged.document;
  const end = text.indexOf("\n", offset);
  const [first] = allocationsIn(judged, text.lastIndexOf("\n", offset - 1) + 1, end === -1 ? text.length : end);
  return first === undefined ? null : explained(first);
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function wordAt(text: string, offset: number): Word | null {
  const isWord = (at: number): boolean => /\w/.test(text.charAt(at));
  let [start, end] = [offset, offset];
  while (isWord(start - 1)) start--;
  while (isWord(end)) end++;
  return start === end ? null : { text: text.slice(start, end), start, end };
}

function maskHover(judged: JudgedC, text: string, at: CallAt | null): string | null {
  const { kernel } = judged;
  const name = builtInMaskName(text);
  const api = at?.call.allocation?.api == null ? null : apiNamed(at.call.allocation.api);
  const under = `_Linux ${kernel.name}_`;
  if (name.kind === "flag") {
    const bits = kernel.bits[name.flag];
    const value = !kernel.exists[name.flag]
      ? "This kernel does not have it."
      : bits === 0
        ? "`0x0`: no bit with these build options."
        : `\`${hex(bits)}\` (bit ${Math.log2(bits)})`;
    const use = api === null ? "" : `\`${api.name}()\`: ${treatmentOfFlag(api, kernel, name.flag)}.`;
    return heading(text, "flag", [flagAsks(kernel, name.flag), use, value, under]);
  }
  if (name.kind !== "composite") return null;
  const mask = kernel.gfp[name.composite];
  return heading(text, "composite", [
    COMPOSITES[name.composite],
    `\`${hex(mask)}\` = ${code(flagList(kernel, mask))}`,
    under,
  ]);
}

function callHover(judged: JudgedC, at: CallAt): string | null {
  const { allocation } = at.call;
  if (allocation === null || allocation.api === null) return null;
  const proven = provenAt(judged, at);
  const [first = null] = proven;
  const asked = askedAt(judged, { ...at, allocation }, first);
  const where = proven.length === 0 ? NOWHERE : bulleted(proven.map((one) => provenText(judged, one)));
  const answers = asked.map(({ request }) => ({
    kernel: judged.kernel,
    request,
    callMask: request.mask,
    value: null,
    verdict: verdict(judged.kernel, request),
  }));
  const [answer] = answers;
  const stands = allocation.through === null ? "" : `${escaped(allocation.through.because)}.`;
  if (answer === undefined)
    return heading(`${at.call.name}()`, "call", [
      stands,
      allocation.mask === null
        ? `Linux ${judged.kernel.name} does not have it.`
        : "Its mask is not known here: it comes from outside of this function.",
      where,
    ]);
  const more = [
    stands,
    answers.length > 1 ? `One of ${answers.length} masks that it can be given.` : "",
    isSizeKnown(answer.request) ? "" : "Its size is not known here: this is the answer for a small one.",
  ];
  const notes = [...more, where].filter((line) => line !== "");
  return heading(`${at.call.name}()`, "call", [answersSummary(allocation.api, [answer], notes)]);
}

/** A function that takes a size was given one that the file does not tell. */
const isSizeKnown = ({ api, order, sizeBytes, pages, count }: AllocationRequest): boolean =>
  apiNamed(api)?.size === "none" || order !== null || sizeBytes !== null || pages !== null || count !== null;

const NOWHERE = "Where it is made is not proven: this is the answer for a process that holds nothing.";

/** `&dev->lock` is held since line 12 (`spin_lock_irqsave()`), and how that is known. */
function provenText(judged: JudgedC, { facts, way }: Proven): string {
  const held = bindingFacts(judged, facts).map((fact) => factText(judged, fact));
  if (way === null) return `${held.join(", ")}.`;
  const path = pathOf(way).map((step) => `${escaped(step.text)} (${lineText(judged, step.start)})`);
  return `${held.join(", ")}: ${path.join("; ")}.`;
}

/** What holds from where the function begins has no line of its own: its path tells where it comes from. */
function factText(judged: JudgedC, { lock, context, taken, step }: PlacedFact): string {
  const what = lock === null ? `in ${code(context)}` : `${code(lock)} is held`;
  return taken === null ? what : `${what} since ${lineText(judged, step.start)}`;
}

const lineText = ({ document }: JudgedC, start: number): string =>
  `line ${positionAt(linesOf(document.text), start).line + 1}`;

/** A lock, section or scope that is taken or given back. */
function lockHover(judged: JudgedC, { text: name, start, end }: Word): string | null {
  const effect = LOCK_CALLS.get(name);
  if (effect === undefined || judged.document.text.charAt(end) !== "(") return null;
  const { context } = effect;
  const under = `_Linux ${judged.kernel.name}_`;
  if (context === null) {
    const taken = heldBefore(judged, start, effect.family);
    return taken === null
      ? null
      : heading(`${name}()`, "unlock", [`Gives back what ${takenText(judged, taken)}.`, under]);
  }
  const means = Object.hasOwn(CONTEXTS, context) ? CONTEXTS[context] : scopeText(context);
  const sleep = isAtomic(judged.kernel, contextWith(judged.kernel, [context]))
    ? "Until it is given back nothing may sleep: allocate before, or with `GFP_NOWAIT` or `GFP_ATOMIC`."
    : "";
  return heading(`${name}()`, effect.family === context ? "scope" : "lock", [means ?? "", sleep, under]);
}

interface TakenAt {
  readonly fn: LinkedFunction;
  readonly held: Held;
}

/** What was taken of a family and is held at the last call before an offset of the same function; null: nothing is. */
function heldBefore(judged: JudgedC, offset: number, family: LockFamily): TakenAt | null {
  const fn = linkOf(judged).functions.find((one) => one.start <= offset && offset <= one.start + one.read.length);
  const call = fn?.read.calls.findLast((one) => fn.start + one.end <= offset);
  const held = call?.state.held.findLast((one) => one.family === family);
  return fn === undefined || held === undefined ? null : { fn, held };
}

const takenText = (judged: JudgedC, { fn, held }: TakenAt): string =>
  `${code(`${held.by}(${held.lock ?? ""})`)} took in ${lineText(judged, fn.start + held.at)}`;

const scopeText = (name: string): string | undefined => Object.entries(SCOPES).find(([scope]) => scope === name)?.[1];
