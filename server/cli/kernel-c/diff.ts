import { linesOf, offsetAt, positionAt, type Lines } from "../../../grammar/lines.ts";
import { readCFile, type CFile } from "../../c-source/functions/c-file.ts";
import { callText } from "../../c-source/c-finding.ts";
import type { Call } from "../../c-source/functions/call.ts";
import { ANYWHERE, contextWith } from "../../c-source/evidence.ts";
import { ownFacts } from "../../c-source/link/facts.ts";
import { linkFiles, type LinkedFunction } from "../../c-source/link/link.ts";
import { callSite, readingsOf } from "../../c-source/judge/site.ts";
import { apiNamed } from "../../model/apis.ts";
import { ANYWHERE_NAMES, isAtomic, type Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { flagsIn, flagText } from "../../model/masks/names.ts";
import { verdict } from "../../model/verdict.ts";
import { VERDICT_FIELDS, type Change } from "../../policy-language/diff/requests.ts";
import type { Asked } from "../../rules/site.ts";
import type { ReportedFinding } from "../report.ts";

/** The two kernels that C is carried between, with the options of its tree. */
export interface Carried {
  readonly from: Kernel;
  readonly to: Kernel;
}

/** What is found in a file under each of the two. */
export interface FoundUnder {
  readonly from: readonly ReportedFinding[];
  readonly to: readonly ReportedFinding[];
}

/** A call of which something is not the same under the other kernel. Lines and characters count from 0. */
export interface CallDifference {
  readonly line: number;
  readonly character: number;
  readonly function: string;
  readonly call: string;
  readonly changes: readonly Change[];
  readonly onlyFrom: readonly ReportedFinding[];
  readonly onlyTo: readonly ReportedFinding[];
}

/** A file under two kernels. */
export interface FileDifference {
  /** How many calls in it ask for memory. */
  readonly calls: number;
  /** In the order of the text. */
  readonly differences: readonly CallDifference[];
}

/** Lays what is true of each call of a C file under one kernel beside what is true of it under another. */
export function compareC(
  text: string,
  build: Parameters<typeof readCFile>[1],
  carried: Carried,
  found: FoundUnder,
): FileDifference {
  const file = readCFile(text, build);
  const lines = linesOf(text);
  const onlyFrom = without(found.from, found.to);
  const onlyTo = without(found.to, found.from);
  const taken = new Set<ReportedFinding>();
  let calls = 0;
  const differences: CallDifference[] = [];
  const { functions } = linkFiles(carried.from, [{ path: "", file }]);
  for (const fn of functions) {
    for (const call of fn.read.calls) {
      if (call.allocation === null) continue;
      calls += 1;
      const start = fn.start + call.start;
      const isHere = (finding: ReportedFinding): boolean =>
        !taken.has(finding) && isWithin(finding, lines, text, start, fn.start + call.end);
      const one = {
        ...positionAt(lines, start),
        function: fn.read.name,
        call: callText(call),
        changes: changesOf(file, fn, call, carried),
        onlyFrom: onlyFrom.filter(isHere),
        onlyTo: onlyTo.filter(isHere),
      };
      for (const finding of [...one.onlyFrom, ...one.onlyTo]) taken.add(finding);
      if (one.changes.length + one.onlyFrom.length + one.onlyTo.length > 0) differences.push(one);
    }
  }
  // What is about no call, or about one that asks for no memory by itself.
  for (const finding of [...onlyFrom, ...onlyTo].filter((each) => !taken.has(each)))
    differences.push({
      ...finding.range.start,
      function: finding.declaration ?? "",
      call: finding.call ?? "",
      changes: [],
      onlyFrom: onlyFrom.filter((each) => each === finding),
      onlyTo: onlyTo.filter((each) => each === finding),
    });
  return { calls, differences: differences.sort((a, b) => a.line - b.line || a.character - b.character) };
}

/** Those of a list that the other has not, at the same place and as severe. */
function without(findings: readonly ReportedFinding[], others: readonly ReportedFinding[]): readonly ReportedFinding[] {
  const keyOf = ({ rule, severity, range }: ReportedFinding): string => JSON.stringify([rule, severity, range]);
  const keys = new Set(others.map(keyOf));
  return findings.filter((finding) => !keys.has(keyOf(finding)));
}

function isWithin({ range }: ReportedFinding, lines: Lines, text: string, start: number, end: number): boolean {
  const at = offsetAt(lines, range.start, text);
  return at >= start && at < end;
}

/** The facts of a call that differ: of each mask and place that are possible, those that all of them agree on once. */
function changesOf(file: CFile, fn: LinkedFunction, call: Call, { from, to }: Carried): readonly Change[] {
  const { allocation } = call;
  if (allocation === null || allocation.api === null) return [];
  const api = apiNamed(allocation.api);
  if (api === null) return [];
  const [had, has] = [api.exists(from), api.exists(to)];
  if (!had || !has) {
    const state = (is: boolean, { name }: Kernel): string => (is ? "judged" : `no such call in ${name}`);
    return had === has ? [] : [{ what: "call", from: state(had, from), to: state(has, to) }];
  }
  const readings = readingsOf(file, fn.read, allocation, {});
  if (readings === null || (allocation.mask !== null && readings.length === 0)) return [];
  const contexts = contextsOf(fn, call, from);
  const asked = (kernel: Kernel): readonly Asked[] => callSite(call, file, readings, () => contexts).asked(kernel);
  const [before, after] = [asked(from), asked(to)];
  const pairs = before.flatMap((one, at) => {
    const other = after[at];
    if (other === undefined || !one.isMaskKnown || !other.isMaskKnown) return [];
    // Who sleeps where it is forbidden is wrong under both, and the rest of the answer is of no use.
    if (contexts.length > 1 && isAtomic(from, one.request.context) && mayBlock(from, one)) return [];
    return [{ where: one.request.context, changes: changesBetween(from, one, to, other) }];
  });
  const [first, ...others] = pairs;
  if (first === undefined) return [];
  const common = first.changes.filter((change) => others.every(({ changes }) => isAmong(changes, change)));
  const some = pairs.flatMap(({ changes }) => changes.filter(({ what }) => !common.some((one) => one.what === what)));
  const told = new Map(
    some.map((change) => [JSON.stringify(change), { ...change, what: `${change.what}, ${whenText(pairs, change)}` }]),
  );
  return [...common, ...told.values()];
}

/** What changes where a call stands. */
interface ChangesThere {
  readonly where: Context;
  readonly changes: readonly Change[];
}

const isAmong = (changes: readonly Change[], change: Change): boolean =>
  changes.some((each) => JSON.stringify(each) === JSON.stringify(change));

/** In which places a change is one, where it is one for every mask there. */
function whenText(pairs: readonly ChangesThere[], change: Change): string {
  const isIn = (place: Context): boolean | null => {
    const there = pairs.filter(({ where }) => where === place);
    const found = there.filter(({ changes }) => isAmong(changes, change)).length;
    return found === 0 ? false : found === there.length ? true : null;
  };
  const places = ANYWHERE.map(isIn);
  const names = ANYWHERE_NAMES.filter((_name, at) => places[at] === true);
  return names.length === 0 || places.includes(null) ? "at times" : `in ${names.join(" and ")}`;
}

const mayBlock = ({ bits }: Kernel, { request }: Asked): boolean => (request.mask & bits.DIRECT_RECLAIM) !== 0;

/** What its own function proves of where a call stands, or everywhere. */
function contextsOf(fn: LinkedFunction, call: Call, kernel: Kernel): readonly Context[] {
  const facts = ownFacts(fn.read, call.state);
  if (facts.length > 0)
    return [
      contextWith(
        kernel,
        facts.map(({ context }) => context),
      ),
    ];
  return call.state.sleptAt >= 0 ? [contextWith(kernel, [])] : ANYWHERE;
}

function changesBetween(from: Kernel, one: Asked, to: Kernel, other: Asked): readonly Change[] {
  const [before, after] = [verdict(from, one.request), verdict(to, other.request)];
  // What is known of one alone cannot be laid beside the other.
  if ((before.unknown === null) !== (after.unknown === null)) {
    const state = ({ unknown }: typeof before): string => (unknown === null ? "known" : `unknown: ${unknown}`);
    return [{ what: "answer", from: state(before), to: state(after) }];
  }
  const dropped = (kernel: Kernel, { request }: Asked, { effective }: typeof before): string => {
    const left = new Set(flagsIn(kernel, effective));
    const gone = flagsIn(kernel, request.mask).filter((flag) => !left.has(flag));
    return gone.length === 0 ? "nothing" : gone.map(flagText).sort().join(", ");
  };
  const drops = { what: "drops of its mask", from: dropped(from, one, before), to: dropped(to, other, after) };
  const said = (given: typeof before, what: (typeof VERDICT_FIELDS)[number]): string =>
    given.unknown === null ? String(given[what]) : "unknown";
  const facts = VERDICT_FIELDS.map((what): Change => ({ what, from: said(before, what), to: said(after, what) }));
  return [drops, ...facts].filter((change) => change.from !== change.to);
}
