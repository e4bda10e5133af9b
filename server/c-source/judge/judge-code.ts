import type { Kernel } from "../../model/kernels/kernel.ts";
import { SOURCE_RULES } from "../../rules/catalogue.ts";
import type { TextEdit } from "../../rules/finding.ts";
import type { SourceCall, SourceFact, SourceMatch, SourceRule } from "../../rules/source-rule.ts";
import { callText, maskTextOf, type CFinding } from "../c-finding.ts";
import { apiOf, type Call } from "../functions/call.ts";
import { stepIn, type LocalStep, type Step } from "../evidence.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { freedElsewhere } from "../link/freed-elsewhere.ts";
import type { LinkedFunction, NamedFile } from "../link/link.ts";
import type { Observation } from "../functions/observations.ts";
import { readingsOf, sizesOf, valueIn } from "./site.ts";
import { ITSELF } from "./told.ts";

/** Asks the rules of C code of everything that a function shows; offsets are of the function. */
export function judgeCode(named: NamedFile, read: FunctionRead, kernel: Kernel): readonly CFinding[] {
  return read.observed.flatMap((observation) => {
    const fact = factOf(named, read, observation, kernel);
    if (fact === null) return [];
    return SOURCE_RULES.flatMap((rule) => {
      const match = rule.check(fact, kernel);
      return match === null ? [] : [findingOf(named, read, observation, rule, match)];
    });
  });
}

/** Asks them of memory that another function of the file gives back than the one that made it. */
export function judgeFrees(
  files: readonly NamedFile[],
  functions: readonly LinkedFunction[],
  kernel: Kernel,
): readonly CFinding[] {
  return freedElsewhere(functions).flatMap(({ made, call, freed, by }) => {
    const named = files[freed.file];
    const maker = files[made.file];
    if (named === undefined || maker === undefined) return [];
    const fact: SourceFact = { kind: "freed-otherwise", call: sourceCall(maker, made.read, call, kernel), by: by.name };
    const proof: Step = {
      file: made.file,
      start: made.start + call.start,
      end: made.start + call.start + call.name.length,
      text: `${call.name}() in ${made.read.name}() gives ${call.allocation?.result.variable ?? "the memory"}`,
    };
    return SOURCE_RULES.flatMap((rule) => {
      const match = rule.check(fact, kernel);
      if (match === null) return [];
      return [
        {
          rule: rule.id,
          severity: made.file === freed.file ? (match.severity ?? rule.severity) : "information",
          message: match.message,
          tag: null,
          file: freed.file,
          path: named.path,
          function: freed.read.name,
          start: freed.start + by.start,
          end: freed.start + by.start + by.name.length,
          call: callText(by),
          maskText: "",
          confidence: made.file === freed.file ? ("likely" as const) : ("possible" as const),
          isAnywhere: false,
          proof: [proof],
          fixes: [],
          advice: rule.advice,
        },
      ];
    });
  });
}

function factOf(named: NamedFile, read: FunctionRead, seen: Observation, kernel: Kernel): SourceFact | null {
  if (!("call" in seen)) return seen;
  const call = read.calls[seen.call];
  return call === undefined ? null : { ...seen, call: sourceCall(named, read, call, kernel) };
}

function sourceCall(named: NamedFile, read: FunctionRead, call: Call, kernel: Kernel): SourceCall {
  const readings = call.allocation === null ? null : readingsOf(named.file, read, call.allocation, {});
  const [only, ...more] = readings ?? [];
  const value = only === undefined || more.length > 0 ? null : valueIn(only, kernel);
  return {
    api: apiOf(call),
    mask: value === null || !value.certain ? null : { mask: value.mask, written: value.written },
    order: sizesOf(call, named.file, kernel).order,
  };
}

function findingOf(
  named: NamedFile,
  read: FunctionRead,
  seen: Observation,
  rule: SourceRule,
  { message, severity, writeMask }: SourceMatch,
): CFinding {
  const call = "call" in seen ? (read.calls[seen.call] ?? null) : null;
  const argument = call?.arguments[call.allocation?.mask?.index ?? -1];
  const proof = proofOf(read, seen).map((step) => stepIn(ITSELF, step));
  const changes: readonly TextEdit[] =
    writeMask === null || argument === undefined ? [] : [{ start: argument.start, end: argument.end, text: writeMask }];
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    message,
    tag: null,
    file: ITSELF.file,
    path: named.path,
    function: read.name,
    start: seen.start,
    end: seen.end,
    call: call === null ? "" : callText(call),
    maskText: call === null ? "" : maskTextOf(call),
    confidence: "certain",
    isAnywhere: proof.length === 0,
    proof,
    fixes: changes.length === 0 ? [] : [{ title: `Write ${writeMask ?? ""}`, changes, preferred: true }],
    advice: rule.advice,
  };
}

/** What else has to be seen: where the scope was opened, where the memory comes from. */
function proofOf(read: FunctionRead, seen: Observation): readonly LocalStep[] {
  const at = (start: number, length: number, text: string): readonly LocalStep[] => [
    { start, end: start + length, text },
  ];
  const ofCall = (index: number, text: (call: Call) => string): readonly LocalStep[] => {
    const call = read.calls[index];
    return call === undefined ? [] : at(call.start, call.name.length, text(call));
  };
  switch (seen.kind) {
    case "scope-left-open":
      return at(seen.savedAt, seen.save.length, `${seen.save}() opens the scope`);
    case "memory-used":
    case "freed-otherwise":
      return ofCall(seen.call, (call) => `${call.name}() gives the memory`);
    case "pool-taken-twice":
      return ofCall(seen.first, () => `the first element of ${seen.pool}`);
    case "mask-ignored": {
      const { start, text } = read.head;
      return at(start, text.length, `${read.name}() is given ${seen.parameter}`);
    }
    default:
      return [];
  }
}
