import type { Expectation } from "../../protocol/expectation.ts";
import type { Span } from "../../grammar/ast.ts";
import type { Environment, Revision } from "../policy-language/analysis/environment.ts";
import { expectationGroups, type DecidedExpectation } from "../policy-language/check/expectations/holds.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import type { Steps } from "./steps.ts";

/** Offsets are those of the file. */
export type ExpectationItem = Expectation<Span>;

export interface ExpectationOptions {
  /** A clock in milliseconds; without one all durations are 0. */
  readonly now?: () => number;
  /** Decide again what was decided before: for a run that the user asks for. */
  readonly fresh?: boolean;
}

interface Timed extends DecidedExpectation {
  readonly durationMs: number;
}

/** Decided by declaration; a revision lives as long as nothing that the answer depends on has changed. */
const known = new WeakMap<Revision, readonly Timed[]>();

/** All that a file expects, declaration by declaration; empty for a file that is not there. */
export function* expectationSteps(
  workspace: Workspace,
  uri: string,
  { now = () => 0, fresh = false }: ExpectationOptions,
): Steps<readonly ExpectationItem[]> {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return [];
  const { regions } = environment.file;
  const items: ExpectationItem[] = [];
  const taken = new Map<string, number>();
  for (const [index, { kind }] of regions.entries()) {
    if (kind !== "expect" && kind !== "request") continue;
    const binding = environment.bindingAt(index);
    if (binding === null) continue;
    let decided = fresh ? undefined : known.get(binding.revision);
    if (decided === undefined) {
      yield [index, regions.length];
      decided = expectationGroups(environment, binding).flatMap(({ decide }) => timed(decide, now));
      known.set(binding.revision, decided);
    }
    for (const each of decided) items.push(itemOf(environment, index, each, taken));
  }
  return items;
}

/** @param taken how often each id was given already */
function itemOf(environment: Environment, index: number, each: Timed, taken: Map<string, number>): ExpectationItem {
  const { file, uri } = environment;
  const start = file.starts[index] ?? 0;
  const label = labelOf(each, file.regions[index]?.text ?? "");
  const id = `${each.about}/${label}`;
  const earlier = taken.get(id) ?? 0;
  taken.set(id, earlier + 1);
  const subject = environment.lookup("subject", each.about) ?? environment.lookup("mask", each.about);
  const subjectStart = subject?.uri === uri ? environment.placeOf(subject)?.start : undefined;
  const name = subject?.declaration.name ?? null;
  return {
    id: earlier === 0 ? id : `${id} (${earlier + 1})`,
    label,
    range: { start: start + each.span.start, end: start + each.span.end },
    declaration: each.about,
    declarationRange:
      subjectStart === undefined || name === null
        ? null
        : { start: subjectStart + name.start, end: subjectStart + name.end },
    state: each.state,
    message: each.message,
    durationMs: each.durationMs,
  };
}

function timed(decide: () => readonly DecidedExpectation[], now: () => number): readonly Timed[] {
  const start = now();
  const decided = decide();
  const durationMs = now() - start;
  return decided.map((each) => ({ ...each, durationMs: durationMs / decided.length }));
}

/** The text of the expectation on one line, without comments. */
function labelOf({ span, on }: DecidedExpectation, text: string): string {
  const written = text
    .slice(span.start, span.end)
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return on === null ? written : `on ${on}: ${written}`;
}
