import type { CFile } from "./c-file.ts";
import type { CFinding } from "./c-finding.ts";
import { RANK, type Inherited } from "./evidence.ts";
import type { FunctionRead } from "./function-read.ts";
import { allocatesInside } from "./inside.ts";
import { judgeCode, judgeFrees } from "./judge-code.ts";
import { linkFiles, type DeclaredContext, type Link, type LinkedFunction, type NamedFile } from "./link.ts";
import { once, onceForMacros } from "./once.ts";
import { reachedBy, saidAlone, type Asking, type Said } from "./said.ts";
import { ALLOCATE_INSIDE } from "./tables/inside.ts";
import { told } from "./told.ts";

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

function judgeFunction(
  files: readonly NamedFile[],
  link: Link,
  fn: LinkedFunction,
  options: JudgeOptions,
): readonly CFinding[] {
  const named = files[fn.file];
  if (named === undefined) return [];
  const alone = judgeAlone(named, fn.read, options);
  const ways = surestFirst(link.inheritedOf(fn));
  if (alone.length + ways.length === 0) return NOTHING;
  const here = alone.map(({ finding }) => movedTo(fn, named, finding));
  if (ways.length === 0) return once(here);
  const reached = fn.read.calls.flatMap((written, index) => {
    const call = written.allocation === null ? allocatesInside(written) : written;
    if (call === null) return [];
    const said = new Map<string, Said>();
    for (const way of ways) reachedBy(fn, call, way, named, options, said);
    // What the function shows by itself is not said again.
    for (const { call: at, finding } of alone) if (at === index) said.delete(finding.rule);
    return [...said.values()].flatMap((one) => told(fn, call, named, options.kernel, one) ?? []);
  });
  return once([...here, ...reached].sort((a, b) => a.start - b.start));
}

/** What is said twice is said of the surest way. */
const surestFirst = (ways: readonly Inherited[]): readonly Inherited[] =>
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

interface AloneUnder extends Asking {
  readonly macros: string;
  readonly findings: readonly Alone[];
}

const known = new WeakMap<FunctionRead, AloneUnder>();
const macros = new WeakMap<CFile, string>();

/** The names of the file that its functions are read by. */
function macrosOf(file: CFile): string {
  const found = macros.get(file);
  if (found !== undefined) return found;
  const text = JSON.stringify([file.maskMacros, file.numberMacros]);
  macros.set(file, text);
  return text;
}

/** What a function shows by itself: the same for as long as its text and the macros of its file are. */
function judgeAlone(named: NamedFile, read: FunctionRead, { kernel, confidence }: JudgeOptions): readonly Alone[] {
  const before = known.get(read);
  const under = macrosOf(named.file);
  if (before?.kernel === kernel && before.confidence === confidence && before.macros === under) return before.findings;
  const fn: LinkedFunction = { file: 0, start: 0, read };
  const findings = [
    ...read.calls.flatMap((written, index) => {
      // Where nothing is held nothing is to be said of what allocates inside.
      const isBare = written.state.held.length === 0;
      const call = written.allocation === null && !isBare ? allocatesInside(written) : written;
      if (call?.allocation == null) return [];
      return saidAlone(fn, call, named, { kernel, confidence }).flatMap((one) => {
        const finding = told(fn, call, named, kernel, one);
        return finding === null ? [] : [{ call: index, finding }];
      });
    }),
    ...judgeCode(named, fn, kernel).map((finding) => ({ call: -1, finding })),
  ];
  known.set(read, { kernel, confidence, macros: under, findings });
  return findings;
}

/** A finding of a function where the function stands. */
function movedTo({ file, start }: LinkedFunction, { path }: NamedFile, finding: CFinding): CFinding {
  const moved = <At extends { readonly start: number; readonly end: number }>(at: At): At => ({
    ...at,
    start: at.start + start,
    end: at.end + start,
  });
  return {
    ...moved(finding),
    file,
    path,
    proof: finding.proof.map((step) => ({ ...moved(step), file })),
    fixes: finding.fixes.map((fix) => ({ ...fix, changes: fix.changes.map(moved) })),
  };
}
