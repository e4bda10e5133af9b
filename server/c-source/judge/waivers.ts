import type { Severity } from "../../rules/finding.ts";
import type { CFinding } from "../c-finding.ts";

/** `allocpolicy: waive RULE because "why"` in a comment: a finding of the code beside it that is accepted. */
export interface Waiver {
  readonly rule: string;
  readonly reason: string;
  /** Of the comment, in UTF-16 units of the file. */
  readonly start: number;
  readonly end: number;
  /** The line of code that it stands at the end of, or before; counted from 0. */
  readonly line: number;
}

/** What is wrong with a waiver itself. Offsets are UTF-16, of the file. */
export interface WaiverFinding {
  readonly rule: "unused-waiver" | "syntax";
  readonly severity: Severity;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** The waivers of a file, and what is wrong with those that cannot be read. */
export interface Waivers {
  readonly waivers: readonly Waiver[];
  readonly wrong: readonly WaiverFinding[];
}

interface Comment {
  readonly start: number;
  readonly end: number;
  readonly body: string;
}

const MARK = "allocpolicy:";
const WRITTEN = /^\s*allocpolicy:\s*waive\s+([\w-]+)\s+because\s+"([^"\n]*)"[\s.]*$/;

/** Whether a text can have waivers, or what is meant for one. */
export const mayWaive = (text: string): boolean => text.includes(MARK);

/** Reads the waivers of a C file. Total: any text. */
export function waiversIn(text: string): Waivers {
  if (!mayWaive(text)) return { waivers: [], wrong: [] };
  const comments = commentsIn(text);
  const starts = lineStarts(text);
  const waivers: Waiver[] = [];
  const wrong: WaiverFinding[] = [];
  for (const { start, end, body } of comments) {
    if (!body.trimStart().startsWith(MARK)) continue;
    const [, rule, reason] = WRITTEN.exec(body) ?? [];
    if (rule === undefined || reason === undefined || reason.trim() === "")
      wrong.push({
        rule: "syntax",
        severity: "error",
        message:
          reason === undefined
            ? 'This waives nothing: a waiver is written allocpolicy: waive RULE because "why".'
            : "This waives nothing yet: write why between the quotes.",
        start,
        end,
      });
    else waivers.push({ rule, reason, start, end, line: lineMeant(text, starts, comments, start, end) });
  }
  return { waivers, wrong };
}

/** Comments, in order. Text in quotes is none. */
function commentsIn(text: string): readonly Comment[] {
  const comments: Comment[] = [];
  const piece =
    /"(?:[^"\\\n]+|\\[\s\S])*"|'(?:[^'\\\n]+|\\[\s\S])*'|\/\*([\s\S]*?)(?:\*\/|$)|\/\/((?:[^\\\n]+|\\[\s\S])*)/g;
  for (const match of text.matchAll(piece)) {
    const body = match[1] ?? match[2];
    if (body === undefined) continue;
    const unstarred = body.replace(/\n[ \t]*\*[ \t]?/g, " ");
    comments.push({ start: match.index, end: match.index + match[0].length, body: unstarred });
  }
  return comments;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Its own line where code stands before it; else the next line of code. Comments between them are passed over. */
function lineMeant(
  text: string,
  starts: readonly number[],
  comments: readonly Comment[],
  start: number,
  end: number,
): number {
  const own = lineAt(starts, start);
  if (text.slice(starts[own] ?? 0, start).trim() !== "") return own;
  let at = end;
  for (;;) {
    at += /^\s*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0;
    const next = comments.find((comment) => comment.start === at);
    if (next === undefined) return lineAt(starts, at);
    at = next.end;
  }
}

/** Findings without those that are waived, and what is wrong with the waivers. */
export interface Waived {
  readonly findings: readonly CFinding[];
  readonly wrong: readonly WaiverFinding[];
}

/**
 * Takes out what is waived: a waiver is for its rule at the statement that its line belongs to, up to what is marked.
 * @param findings those of this file, however sure they are
 * @param isRule whether there is a rule of that name
 * @param isAll all is found that can be: a waiver of something else silences nothing
 */
export function waive(
  text: string,
  findings: readonly CFinding[],
  { isRule, isAll }: { readonly isRule: (id: string) => boolean; readonly isAll: boolean },
): Waived {
  const { waivers, wrong } = waiversIn(text);
  if (waivers.length === 0) return { findings, wrong };
  const starts = lineStarts(text);
  const used = new Set<Waiver>();
  const left = findings.filter((finding) => {
    const first = lineAt(starts, statementStart(text, finding.start));
    const last = lineAt(starts, Math.max(finding.end - 1, finding.start));
    const fitting = waivers.filter(({ rule, line }) => rule === finding.rule && line >= first && line <= last);
    for (const waiver of fitting) used.add(waiver);
    return fitting.length === 0;
  });
  const unused = waivers.flatMap((waiver): readonly WaiverFinding[] => {
    if (used.has(waiver)) return [];
    const { rule, start, end } = waiver;
    const known = isRule(rule);
    if (known && !isAll) return [];
    const message = known
      ? `${rule} has nothing to say about this code: remove the waiver.`
      : `There is no rule '${rule}', and so this waives nothing.`;
    return [{ rule: "unused-waiver", severity: "warning", message, start, end }];
  });
  return { findings: left, wrong: [...wrong, ...unused] };
}

/** No statement is longer: what stands before is not looked at. */
const LONGEST_STATEMENT = 2000;

/** Where the statement around an offset begins, comments before it left out. */
function statementStart(text: string, offset: number): number {
  const from = Math.max(0, offset - LONGEST_STATEMENT);
  const before = text.slice(from, offset);
  const cut = Math.max(before.lastIndexOf(";"), before.lastIndexOf("{"), before.lastIndexOf("}"));
  const gap = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*)*/.exec(before.slice(cut + 1))?.[0].length ?? 0;
  return from + cut + 1 + gap;
}
