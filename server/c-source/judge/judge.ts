import { kept, keptFor } from "../../model/kept.ts";
import type { CFinding } from "../c-finding.ts";
import type { NamedValues } from "../functions/declarations.ts";
import { RANK, stepIn, type Step } from "../evidence.ts";
import { nameOf } from "../functions/call.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { allocatesInside } from "../functions/inside.ts";
import { judgeCode, judgeFrees } from "./judge-code.ts";
import { leansOnChanged } from "./leaning.ts";
import { linkFiles, type DeclaredContext, type Link, type LinkedFunction, type NamedFile } from "../link/link.ts";
import { once, onceForMacros } from "./once.ts";
import { reachedBy, saidAlone, type Asking, type Said } from "./said.ts";
import { ALLOCATE_INSIDE } from "../tables/inside.ts";
import { told } from "./told.ts";
import { areSame, pathOf, type Way } from "../link/ways.ts";

/** What a C file is judged by. */
export interface JudgeOptions extends Asking {
  readonly declared?: readonly DeclaredContext[];
}

/**
 * Judges C files that belong together: one file, or the files of a module.
 * @param linked how their functions are reached, of who knows it: what `linkFiles` says of the same files and options
 */
export function judgeC(
  files: readonly NamedFile[],
  options: JudgeOptions,
  linked: () => Link = () => linkFiles(options.kernel, files, options.declared ?? []),
): readonly CFinding[] {
  const isQuiet = files.every(({ file }) =>
    file.functions.every(
      ({ read }) =>
        read.observed.length === 0 &&
        read.calls.every(({ allocation, name }) => allocation === null && !ALLOCATE_INSIDE.has(name)),
    ),
  );
  if (isQuiet) return [];
  const link = linked();
  const findings = link.functions.flatMap((fn) => judgeFunction(files, link, fn, options));
  for (const finding of options.confidence === "certain" ? [] : judgeFrees(files, link.functions, options.kernel))
    if (RANK[finding.confidence] >= RANK[options.confidence]) findings.push(finding);
  return onceForMacros(files, findings);
}

const NOTHING: readonly CFinding[] = [];
const NO_STEPS: readonly Step[] = [];

const pathIn = (way: Way | undefined): readonly Step[] => (way === undefined ? NO_STEPS : pathOf(way));

function judgeFunction(
  files: readonly NamedFile[],
  link: Link,
  fn: LinkedFunction,
  options: JudgeOptions,
): readonly CFinding[] {
  const named = files[fn.file];
  if (named === undefined) return NOTHING;
  const judged = judgedIn(named, fn.read, options);
  const ways = surestFirst(link.waysTo(fn));
  if (judged.alone.length + ways.length === 0) return NOTHING;
  const here = judged.alone.map(({ finding }) => movedTo(link, fn, named, NO_STEPS, finding));
  if (ways.length === 0) return once(here);
  const reached = reachedIn(judged, named, fn.read, ways, options).map(({ way, finding }) =>
    movedTo(link, fn, named, pathIn(ways[way]), finding),
  );
  return once([...here, ...reached].sort((a, b) => a.start - b.start));
}

/** What is said twice is said of the surest way. */
const surestFirst = (ways: readonly Way[]): readonly Way[] =>
  ways.length < 2
    ? ways
    : ways.toSorted(
        (a, b) => RANK[b.confidence] - RANK[a.confidence] || Number(a.isConvention) - Number(b.isConvention),
      );

/** A finding that the function's own text proves, by the call that it is about; -1: it is about none. */
interface Alone {
  readonly call: number;
  /** Offsets of the function. */
  readonly finding: CFinding;
}

/** A finding in a way by which the function is reached. */
interface OnWay {
  /** Which of its ways. */
  readonly way: number;
  /** Offsets of the function, and of the proof what this shows itself. */
  readonly finding: CFinding;
}

/** What of a way is looked at in the function. */
type Brought = Pick<Way, "facts" | "bindings" | "confidence" | "isConvention" | "mayBeAtomic">;

/** What is found in a function: the same for as long as its text and the macros of its file are. */
interface Judged extends Asking {
  /** What the macros of its file stood for when it was asked for last: those that it names are the same since. */
  under: NamedValues;
  readonly alone: readonly Alone[];
  /** When it was reached last. */
  reached: { readonly ways: readonly Brought[]; readonly findings: readonly OnWay[] };
}

const known = kept<FunctionRead, Judged>();
const UNREACHED: Judged["reached"] = { ways: [], findings: [] };

function judgedIn(named: NamedFile, read: FunctionRead, { kernel, confidence }: Asking): Judged {
  const before = known.get(read);
  const under = named.file.named;
  if (before?.kernel === kernel && before.confidence === confidence && !leansOnChanged(read, before.under, under)) {
    before.under = under;
    return before;
  }
  const alone = judgeAlone(named, read, { kernel, confidence });
  const judged: Judged = { kernel, confidence, under, alone, reached: UNREACHED };
  known.set(read, judged);
  return judged;
}

/** What a function shows by itself. */
function judgeAlone(named: NamedFile, read: FunctionRead, asking: Asking): readonly Alone[] {
  const { kernel } = asking;
  return [
    ...read.calls.flatMap((written, index) => {
      // Where nothing is held nothing is to be said of what allocates inside.
      const isBare = written.state.held.length === 0;
      const call = written.allocation === null && !isBare ? allocatesInside(written) : written;
      if (call?.allocation == null) return [];
      return saidAlone(read, call, named, asking).flatMap((one) => {
        const finding = told(read, call, named, kernel, one);
        return finding === null ? [] : [{ call: index, finding }];
      });
    }),
    ...judgeCode(named, read, kernel).flatMap((finding) =>
      RANK[finding.confidence] < RANK[asking.confidence] ? [] : [{ call: -1, finding }],
    ),
  ];
}

/** What is found in it where it is reached in these ways, the surest first. */
function reachedIn(
  judged: Judged,
  named: NamedFile,
  read: FunctionRead,
  ways: readonly Way[],
  asking: Asking,
): readonly OnWay[] {
  const { reached } = judged;
  if (reached.ways.length === ways.length && reached.ways.every((way, at) => bringsTheSame(way, ways[at])))
    return reached.findings;
  const findings = judgeReached(judged.alone, named, read, ways, asking);
  // A way leads to the functions that it comes from, and they to the text of their time.
  const kept = ways.map(({ facts, bindings, confidence, isConvention, mayBeAtomic }) => ({
    facts,
    bindings,
    confidence,
    isConvention,
    mayBeAtomic,
  }));
  judged.reached = { ways: kept, findings };
  return findings;
}

function bringsTheSame(one: Brought, other: Brought | undefined): boolean {
  return (
    other !== undefined &&
    one.confidence === other.confidence &&
    one.isConvention === other.isConvention &&
    one.mayBeAtomic === other.mayBeAtomic &&
    areSame(one.bindings, other.bindings) &&
    (one.facts === other.facts ||
      (one.facts.length === other.facts.length && one.facts.every((fact, at) => fact === other.facts[at])))
  );
}

function judgeReached(
  alone: readonly Alone[],
  named: NamedFile,
  read: FunctionRead,
  ways: readonly Way[],
  asking: Asking,
): readonly OnWay[] {
  return read.calls.flatMap((written, index) => {
    const call = written.allocation === null ? allocatesInside(written) : written;
    if (call === null) return [];
    const said = new Map<string, Said>();
    for (const way of ways) reachedBy(read, call, way, named, asking, said);
    // What the function shows by itself is not said again.
    for (const { call: at, finding } of alone) if (at === index) said.delete(finding.rule);
    return [...said.values()].flatMap((one) => {
      const finding = told(read, call, named, asking.kernel, one);
      return finding === null || one.way === null ? [] : [{ way: ways.indexOf(one.way), finding }];
    });
  });
}

/** A finding of a function where the function stands, behind the path that leads there. */
function movedTo(
  link: Link,
  fn: LinkedFunction,
  { path }: NamedFile,
  way: readonly Step[],
  { start, end, proof, fixes, ...finding }: CFinding,
): CFinding {
  return {
    ...finding,
    start: start + fn.start,
    end: end + fn.start,
    file: fn.file,
    path,
    proof: [...way, ...proof.flatMap(({ into, ...step }) => [stepIn(fn, step), ...stepsInto(link, fn.file, into)])],
    fixes: fixes.map((fix) => ({
      ...fix,
      changes: fix.changes.map((edit) => ({ ...edit, start: edit.start + fn.start, end: edit.end + fn.start })),
    })),
  };
}

/** The functions that ask for memory with a mask of their callers, by file and name, and by name. */
const handingOn = keptFor((link: Link) => {
  const found = new Map<string, LinkedFunction>();
  for (const fn of link.functions) {
    const { handsOn, name } = fn.read;
    if (handsOn !== null) found.set(name, fn).set(`${fn.file} ${name}`, fn);
  }
  return found;
});

const MOST_INTO = 8;

/** Where a function that stands for another makes that call, and so on. */
function stepsInto(link: Link, file: number, name: string | undefined): readonly Step[] {
  const steps: Step[] = [];
  for (let [next, from] = [name, file]; next !== undefined && steps.length < MOST_INTO; ) {
    const fn = handingOn(link).get(`${from} ${next}`) ?? handingOn(link).get(next);
    const call = fn?.read.calls[fn.read.handsOn?.call ?? -1];
    if (fn === undefined || call === undefined) break;
    steps.push(stepIn(fn, { ...nameOf(call), text: `${next}() calls ${call.name}()` }));
    from = fn.file;
    next = call.allocation?.through == null ? undefined : call.name;
  }
  return steps;
}
