import { EFFECT, STAGES, type Decision, type Fruitless, type Goes, type Stage } from "./decision.ts";
import { FACT } from "./facts.ts";

/** A condition on facts: of the bits of `care`, those of `want` are true and the others are not. */
export interface Row {
  readonly care: number;
  readonly want: number;
}

/** A decision as the walk sees it. */
export interface Walked {
  readonly decision: Decision;
  readonly rows: readonly Row[];
  readonly goes: Goes;
  readonly afterCompaction: readonly Fruitless[] | null;
}

/**
 * What is gone through for a verdict: for one choice of some facts, the conditions on the others, five numbers a line.
 * The facts that it looks at; those of them that have to be true; what it does (low half) and rules out (high half);
 * whether it sends the request away from the lines that follow, and whether it holds where its condition does not (all
 * bits, or none).
 */
interface Walk {
  /** The facts that make a difference, those that chose the walk included. */
  readonly looksAt: number;
  /** What every such request may come to. */
  readonly effects: number;
  readonly lines: Int32Array;
  /** Where the first line stands that sends a request away. */
  readonly leaves: number;
  /** The line that a request comes to that goes round again; the label nopage, which all come to in the end. */
  readonly round: number;
  readonly nopage: number;
}

const LINE = 5;

/** The walks of one kernel, made when they are first asked for, and what they came to. */
export interface Walks {
  readonly decisions: readonly Walked[];
  readonly made: (Walk | undefined)[];
  /** Facts and effects by a hash of the facts: the same few combinations are asked for again and again. */
  known: Int32Array;
  /** What leaves as many bits of a hash as there are places in `known`. */
  shift: number;
  /** How often something was put there since it grew. */
  put: number;
  /** Notes what was asked of the kernel for these of the effects of these facts; null where nobody listens. */
  readonly note: ((facts: number, about: number) => void) | null;
}

/**
 * So many bits of a hash are places in the beginning, and at most. Of most kernels little is asked, and there are
 * thousands of them with other options.
 */
const FIRST_BITS = 5;
const MOST_BITS = 13;
const placesOf = (bits: number): Int32Array => new Int32Array(2 << bits).fill(-1);

/** The facts by which walks are chosen: the lowest bits, and whether the task is an ordinary one. */
const CHOOSING = 2 * FACT.nofail - 1;
const TASK = FACT.pfMemalloc | FACT.oomVictim | FACT.dying;

export function walksOf(decisions: readonly Walked[], note: Walks["note"]): Walks {
  return {
    note,
    decisions,
    made: new Array<Walk | undefined>(2 * (CHOOSING + 1)).fill(undefined),
    known: placesOf(FIRST_BITS),
    shift: 32 - FIRST_BITS,
    put: 0,
  };
}

/** What a request may come to, in some state of memory, as bits of EFFECT. `about`: those that are asked for. */
export function effectsOf(walks: Walks, facts: number, about: number): number {
  const walk = walkFor(walks, facts);
  const { known, note } = walks;
  if (note !== null) note(facts, about);
  const asked = facts & walk.looksAt;
  const at = placeOf(asked, walks.shift);
  if (known[at] === asked) return known[at + 1] ?? 0;
  const effects = fold(walk, facts);
  known[at] = asked;
  known[at + 1] = effects;
  walks.put += 1;
  if (walks.put === known.length && walks.shift > 32 - MOST_BITS) grow(walks);
  return effects;
}

const placeOf = (asked: number, shift: number): number => (Math.imul(asked, 0x9e3779b1) >>> shift) << 1;

function grow(walks: Walks): void {
  const { known } = walks;
  walks.shift -= 2;
  walks.known = placesOf(32 - walks.shift);
  walks.put = 0;
  for (let from = 0; from < known.length; from += 2) {
    const asked = known[from] ?? -1;
    if (asked === -1) continue;
    const at = placeOf(asked, walks.shift);
    walks.known[at] = asked;
    walks.known[at + 1] = known[from + 1] ?? 0;
  }
}

function walkFor(walks: Walks, facts: number): Walk {
  const ordinary = (facts & TASK) === 0;
  const at = (facts & CHOOSING) + (ordinary ? CHOOSING + 1 : 0);
  const known = walks.made[at];
  if (known !== undefined) return known;
  const made = walkOf(walks.decisions, facts & CHOOSING, ordinary);
  walks.made[at] = made;
  return made;
}

/**
 * The decisions that hold, in order. Without branches on the facts: masks are as various as their flags, and a wrong
 * guess of the processor costs more than a line.
 */
function fold({ effects, lines, leaves, round, nopage }: Walk, facts: number): number {
  let found = effects;
  for (let line = 0; line < leaves; line += LINE) found |= (lines[line + 2] ?? 0) & hits(lines, line, facts);
  found |= stretch(lines, leaves, nopage, facts);
  let stays = -1;
  for (let line = nopage; line < lines.length; line += LINE) {
    const hit = hits(lines, line, facts) & stays;
    found |= (lines[line + 2] ?? 0) & hit;
    stays &= ~(hit & (lines[line + 3] ?? 0));
  }
  // Whoever does not end there goes round again.
  if (stays === 0 && nopage > round) found |= stretch(lines, round, nopage, facts);
  return found & 0xffff & ~(found >>> 16);
}

/** All bits where the line holds of the facts, none where it does not. */
function hits(lines: Int32Array, line: number, facts: number): number {
  const differs = (facts & (lines[line] ?? 0)) ^ (lines[line + 1] ?? 0);
  return ~((differs | -differs) >> 31) ^ (lines[line + 4] ?? 0);
}

/** What is come to from one line on, up to another; who is sent away comes to nothing more. */
function stretch(lines: Int32Array, from: number, to: number, facts: number): number {
  let found = 0;
  let stays = -1;
  for (let line = from; line < to; line += LINE) {
    const hit = hits(lines, line, facts) & stays;
    found |= (lines[line + 2] ?? 0) & hit;
    stays &= ~(hit & (lines[line + 3] ?? 0));
  }
  return found;
}

/** What a request comes to that has run out of ways. */
const AFTER_ALL: readonly Stage[] = ["nopage", "fail"];
/** What a request comes to that goes round again; what a round begins with has been walked. */
export const AGAIN: readonly Stage[] = STAGES.slice(STAGES.indexOf("may-reclaim"));

/** What a verdict answers; the rest is for the simulation. */
const ANSWERED = ~EFFECT.asynchronous;

interface Line extends Row {
  readonly effects: number;
  readonly goes: Goes;
  readonly negated: boolean;
  /** Before the loop, in it, or at its end. */
  readonly part: 0 | 1 | 2;
}

/**
 * The walk of requests whose choosing facts are `chosen`: without what cannot hold of them, what is never come to, and
 * what changes nothing.
 */
function walkOf(decisions: readonly Walked[], chosen: number, ordinary: boolean): Walk {
  const lines = shortened(linesOf(decisions, chosen, ordinary));
  const sure = lines.filter(
    (line, at) => isSure(line) && !lines.slice(0, at).some((before) => leavesBefore(before, line)),
  );
  const rest = lines.filter((line) => !sure.includes(line));
  const begin = (part: number): number => {
    const at = rest.findIndex((line) => line.part >= part);
    return at < 0 ? rest.length : at;
  };
  const leaving = rest.findIndex(({ goes }) => goes !== "on");
  return {
    looksAt: rest.reduce((bits, { care }) => bits | care, CHOOSING | TASK),
    effects: sure.reduce((all, { effects }) => all | effects, 0),
    lines: Int32Array.from(rest.flatMap(numbersOf)),
    leaves: LINE * Math.min(leaving < 0 ? begin(2) : leaving, begin(2)),
    round: LINE * begin(1),
    nopage: LINE * begin(2),
  };
}

const isSure = ({ care, goes, negated }: Line): boolean => care === 0 && goes === "on" && !negated;

/** Whoever leaves by the one does not come to the other: both are before the label nopage, or both after it. */
const leavesBefore = (before: Line, line: Line): boolean =>
  before.goes !== "on" && (before.part === 2) === (line.part === 2);

function linesOf(decisions: readonly Walked[], chosen: number, ordinary: boolean): readonly Line[] {
  const known = ordinary ? CHOOSING | TASK : CHOOSING;
  const lines: Line[] = [];
  let reached = true;
  for (const { decision, rows, goes, afterCompaction } of decisions) {
    const part = AFTER_ALL.includes(decision.stage) ? 2 : AGAIN.includes(decision.stage) ? 1 : 0;
    reached ||= part === 2;
    // What depends on the compaction may happen, so that what follows may as well.
    const certain = afterCompaction === null ? goes : "on";
    const effects = ((decision.does ?? 0) & ANSWERED) | ((decision.rulesOut ?? 0) << 16);
    if (!reached || (certain === "on" && effects === 0)) continue;
    for (const { care, want } of rows) {
      if (((want ^ chosen) & care & known) !== 0) continue;
      const line: Line = { care: care & ~known, want: want & ~known, effects, goes: certain, negated: false, part };
      lines.push(line);
      if (line.care === 0 && certain === "nopage") reached = false;
    }
  }
  return lines;
}

/** Neighbours that only send away, each for one fact, are one line that holds of any of them. */
function shortened(lines: readonly Line[]): readonly Line[] {
  const short: Line[] = [];
  for (const line of lines) {
    const last = short.at(-1);
    const joined = last === undefined ? null : joinedOf(last, line);
    if (joined !== null) short.pop();
    short.push(joined ?? line);
  }
  return short;
}

function joinedOf(one: Line, other: Line): Line | null {
  const onlySend = [one, other].every(({ goes, effects }) => goes === "nopage" && effects === 0);
  const isAny = isOneFact(other) && (one.negated || isOneFact(one));
  const isTrue = one.negated ? one.want === 0 : one.want === one.care;
  if (!onlySend || one.part !== other.part || !isAny || isTrue !== (other.want === other.care)) return null;
  const care = one.care | other.care;
  return { ...one, care, want: isTrue ? 0 : care, negated: true };
}

const isOneFact = ({ care, negated }: Line): boolean => !negated && care !== 0 && (care & (care - 1)) === 0;

function numbersOf({ care, want, effects, goes, negated }: Line): readonly number[] {
  return [care, want, effects, goes === "on" ? 0 : -1, negated ? -1 : 0];
}
