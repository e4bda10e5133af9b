import { linesOf, positionAt, type Lines } from "../../../grammar/lines.ts";
import type { Header } from "../../c-source/functions/headers.ts";
import { RANK, type Confidence } from "../../c-source/evidence.ts";
import type { CFinding } from "../../c-source/c-finding.ts";
import { judgeC } from "../../c-source/judge/judge.ts";
import { FOR_FINDINGS } from "../../c-source/functions/for-findings.ts";
import { readModule } from "../../c-source/functions/module.ts";
import type { Holds } from "../../rules/finding.ts";
import { waive, type WaiverFinding } from "../../c-source/judge/waivers.ts";
import { rulePage } from "../../policy-language/catalogue.ts";
import { ruleUrl } from "../../rules/rule-page.ts";
import type { CPolicies } from "./policies.ts";
import type { KernelTree } from "./kernel-trees.ts";
import { byPosition, type Range, type ReportedFinding } from "../report.ts";

/** A C file that is judged, with its path from the root of its tree, or as it can be named. */
export interface CText {
  readonly path: string;
  readonly text: string;
  /** What its own headers say. */
  readonly header: Header;
}

/**
 * What is found in C files that are linked with each other, and not waived: one list for each, in the order of its
 * text.
 * @param policies what speaks of these files in the policy language
 * @param isAll they are all that bear on each other: a waiver that silences nothing is one
 */
export function cFindings(
  texts: readonly CText[],
  { kernels, build }: KernelTree,
  isAll: boolean,
  { texts: policies, evidence, violations }: CPolicies,
): readonly ReportedFinding[][] {
  const { declared, wrappers, allocators } = evidence;
  // What is judged with nothing else and held against no policy is read for what is found in it alone.
  const selection = texts.length === 1 && policies.length === 0 ? FOR_FINDINGS : null;
  const read = readModule(texts, { build, wrappers, allocators, selection });
  const files = read.map((file, at) => ({ path: texts[at]?.path ?? "", file }));
  const found = kernels.map((kernel) => ({
    name: kernel.name,
    findings: [...judgeC(files, { kernel, confidence: "possible", declared }), ...violations(kernel, files)],
  }));
  const places = new Places(texts);
  const held = overKernels(found);
  return texts.map(({ text }, file) => {
    const holds = new Map(held.filter(({ finding }) => finding.file === file).map((one) => [one.finding, one.holds]));
    const { findings, wrong } = waive(text, [...holds.keys()], { isRule, isAll });
    return [
      ...findings.map((finding) => reported(finding, holds.get(finding) ?? ALWAYS, texts, places)),
      ...wrong.map((finding) => ofWaiver(finding, file, places)),
    ].sort(byPosition);
  });
}

const isRule = (id: string): boolean => rulePage(id) !== null;

function ofWaiver(
  { rule, severity, message, start, end }: WaiverFinding,
  file: number,
  places: Places,
): ReportedFinding {
  return {
    rule,
    severity,
    message,
    declaration: null,
    range: places.rangeOf(file, start, end),
    kernel: ALWAYS,
    source: "language",
    related: [],
    fixes:
      rule === "unused-waiver"
        ? [{ title: "Remove the waiver", edits: [{ range: places.rangeOf(file, start, end), text: "" }] }]
        : [],
    url: ruleUrl(rule),
  };
}

/** Those that are sure enough. */
export function sureEnough(findings: readonly ReportedFinding[], least: Confidence): readonly ReportedFinding[] {
  return findings.filter(({ confidence }) => confidence === undefined || RANK[confidence] >= RANK[least]);
}

/** Offsets of files as positions. */
class Places {
  readonly #texts: readonly CText[];
  readonly #lines = new Map<number, Lines>();

  constructor(texts: readonly CText[]) {
    this.#texts = texts;
  }

  rangeOf(file: number, start: number, end: number): Range {
    const known = this.#lines.get(file) ?? linesOf(this.#texts[file]?.text ?? "");
    this.#lines.set(file, known);
    return { start: positionAt(known, start), end: positionAt(known, end) };
  }
}

function reported(finding: CFinding, holds: Holds, texts: readonly CText[], places: Places): ReportedFinding {
  const { rule, severity, message, file, start, end, confidence, call, fixes, proof } = finding;
  return {
    rule,
    severity,
    message,
    declaration: finding.function,
    range: places.rangeOf(file, start, end),
    kernel: holds,
    source: rule.startsWith("policy-") ? "policy" : "kernel",
    related: [],
    steps: proof.map((step) => ({
      path: texts[step.file]?.path ?? "",
      range: places.rangeOf(step.file, step.start, step.end),
      message: step.text,
    })),
    fixes: fixes.map(({ title, changes }) => ({
      title,
      edits: changes.map((edit) => ({ range: places.rangeOf(file, edit.start, edit.end), text: edit.text })),
    })),
    url: ruleUrl(rule),
    call,
    confidence,
  };
}

interface Found {
  readonly name: string;
  readonly findings: readonly CFinding[];
}

interface Held {
  readonly finding: CFinding;
  readonly holds: Holds;
}

const ALWAYS: Holds = { since: null, until: null };

/** The same finding under several kernels is one, and says under which; one that comes back is a second one. */
function overKernels(found: readonly Found[]): readonly Held[] {
  const [only, ...more] = found;
  if (more.length === 0) return (only?.findings ?? []).map((finding) => ({ finding, holds: ALWAYS }));
  const runs = new Map<string, { readonly finding: CFinding; readonly first: number; last: number }[]>();
  found.forEach(({ findings }, at) => {
    for (const finding of findings) {
      const key = JSON.stringify([
        finding.rule,
        finding.file,
        finding.start,
        finding.end,
        finding.message,
        finding.severity,
      ]);
      const known = runs.get(key) ?? [];
      runs.set(key, known);
      const last = known.at(-1);
      if (last !== undefined && last.last >= at - 1) last.last = at;
      else known.push({ finding, first: at, last: at });
    }
  });
  return [...runs.values()].flat().map(({ finding, first, last }) => ({
    finding,
    holds: {
      since: first === 0 ? null : (found[first]?.name ?? null),
      until: last === found.length - 1 ? null : (found[last]?.name ?? null),
    },
  }));
}
