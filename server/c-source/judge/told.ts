import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Severity, TextEdit } from "../../rules/finding.ts";
import { callText, type CFinding } from "../c-finding.ts";
import { maskArgumentOf, type Call } from "../functions/call.ts";
import { stepIn, type LocalStep } from "../evidence.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import type { NamedFile } from "../link/linked.ts";
import { editsOf, placeOf } from "./places.ts";
import type { HandedOn } from "../functions/results.ts";
import type { Said } from "./said.ts";

/** Where a function stands of which only itself is told. */
export const ITSELF = { file: 0, start: 0 };

const LOWER: Readonly<Record<Severity, Severity>> = {
  error: "warning",
  warning: "information",
  information: "hint",
  hint: "hint",
};

/** A chain across files is one level lower; what rests on a convention is worth knowing, and no more. */
function severityOf(
  severity: Severity,
  { confidence, isConvention }: Pick<Said, "confidence" | "isConvention">,
): Severity {
  if (confidence !== "possible") return severity;
  return isConvention && severity === "error" ? "information" : LOWER[severity];
}

/**
 * What is said of a call as a finding, with offsets of its function, and of the proof what that shows itself; null:
 * there is no text to mark.
 */
export function told(
  read: FunctionRead,
  call: Call,
  named: NamedFile,
  kernel: Kernel,
  { finding, readings, confidence, isConvention, isAnywhere, proof }: Said,
): CFinding | null {
  const place = placeOf(call, readings, kernel, finding.place);
  if (place === null) return null;
  const uses = finding.place.kind === "result-check" ? useOf(call) : [];
  const isInside = call.allocation?.through?.isInside === true;
  const fixes = finding.fixes.flatMap((fix) => {
    const changes: TextEdit[] = [];
    for (const change of fix.changes) {
      const edits = editsOf(call, readings, kernel, change);
      if (edits === null || edits.length === 0) return [];
      changes.push(...edits);
    }
    return [{ ...fix, changes }];
  });
  return {
    rule: finding.rule,
    // What a function of another part of the kernel does inside is known by its name alone.
    severity: isInside ? "information" : severityOf(finding.severity, { confidence, isConvention }),
    message: finding.message,
    tag: finding.tag,
    file: 0,
    path: named.path,
    function: read.name,
    start: place.start,
    end: place.end,
    call: callText(call),
    maskText: maskArgumentOf(call)?.text ?? "",
    confidence,
    isAnywhere,
    proof: [...proof, ...uses].map((step) => stepIn(ITSELF, step)),
    fixes,
    advice: finding.advice,
  };
}

/** Where what a call gives is used, or goes, without a test. */
function useOf({ name, allocation }: Call): readonly LocalStep[] {
  const result = allocation?.result;
  if (result === undefined) return [];
  const what = result.variable ?? `what ${name}() gives`;
  const at = ({ start, end }: Pick<HandedOn, "start" | "end">, text: string): readonly LocalStep[] => [
    { start, end, text: `${what} ${text}` },
  ];
  if (result.is === "unchecked") return at(result, "is used without a test");
  if (result.unlooked === null) return [];
  const { callee } = result.unlooked;
  return at(result.unlooked, callee === null ? "is kept without a test" : `goes to ${callee}() without a test`);
}
