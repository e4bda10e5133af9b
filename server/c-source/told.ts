import type { Kernel } from "../model/kernels/kernel.ts";
import type { Severity, TextEdit } from "../rules/finding.ts";
import { callText, maskTextOf, type CFinding } from "./c-finding.ts";
import type { Call } from "./call.ts";
import type { Step } from "./evidence.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { editsOf, placeOf } from "./places.ts";
import type { HandedOn } from "./results.ts";
import type { Proven, Said } from "./said.ts";

const LOWER: Readonly<Record<Severity, Severity>> = {
  error: "warning",
  warning: "information",
  information: "hint",
  hint: "hint",
};

/** A chain across files is one level lower; what rests on a convention is worth knowing, and no more. */
function severityOf(severity: Severity, { confidence, isConvention }: Proven): Severity {
  if (confidence !== "possible") return severity;
  return isConvention && severity === "error" ? "information" : LOWER[severity];
}

/** What is said of a call as a finding, where it stands; null: there is no text to mark. */
export function told(
  fn: LinkedFunction,
  call: Call,
  named: NamedFile,
  kernel: Kernel,
  { finding, readings, confidence, isConvention, isAnywhere, proof }: Said,
): CFinding | null {
  const place = placeOf(call, readings, kernel, finding.place);
  if (place === null) return null;
  const uses = finding.place.kind === "result-check" ? useOf(fn, call) : [];
  const isInside = call.allocation?.through?.isInside === true;
  const fixes = finding.fixes.flatMap((fix) => {
    const changes: TextEdit[] = [];
    for (const change of fix.changes) {
      const edits = editsOf(readings, kernel, change);
      if (edits === null || edits.length === 0) return [];
      changes.push(...edits.map((edit) => ({ ...edit, start: edit.start + fn.start, end: edit.end + fn.start })));
    }
    return [{ ...fix, changes }];
  });
  return {
    rule: finding.rule,
    // What a function of another part of the kernel does inside is known by its name alone.
    severity: isInside ? "information" : severityOf(finding.severity, { confidence, isConvention, proof }),
    message: finding.message,
    tag: finding.tag,
    file: fn.file,
    path: named.path,
    function: fn.read.name,
    start: fn.start + place.start,
    end: fn.start + place.end,
    call: callText(call),
    maskText: maskTextOf(call),
    confidence,
    isAnywhere,
    proof: uses.length === 0 ? proof : [...proof, ...uses],
    fixes,
    advice: finding.advice,
  };
}

/** Where what a call gives is used, or goes, without a test. */
function useOf(fn: LinkedFunction, { name, allocation }: Call): readonly Step[] {
  const result = allocation?.result;
  if (result === undefined) return [];
  const what = result.variable ?? `what ${name}() gives`;
  const at = ({ start, end }: Pick<HandedOn, "start" | "end">, text: string): readonly Step[] => [
    { file: fn.file, start: fn.start + start, end: fn.start + end, text: `${what} ${text}` },
  ];
  if (result.is === "unchecked") return at(result, "is used without a test");
  if (result.unlooked === null) return [];
  const { callee } = result.unlooked;
  return at(result.unlooked, callee === null ? "is kept without a test" : `goes to ${callee}() without a test`);
}
