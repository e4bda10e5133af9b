import type { Kernel } from "../../model/kernels/kernel.ts";
import { SOURCE_RULES } from "../../rules/catalogue.ts";
import type { SourceCall, SourceFact, SourceMatch, SourceRule } from "../../rules/source-rule.ts";
import { callText, type CFinding } from "../c-finding.ts";
import { apiOf, maskArgumentOf, nameOf, type Call } from "../functions/call.ts";
import { stepIn } from "../evidence.ts";
import { ownFree } from "../functions/frees.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { freedElsewhere } from "../link/freed-elsewhere.ts";
import type { LinkedFunction, NamedFile } from "../link/link.ts";
import type { Observation } from "../functions/observations.ts";
import { readingsOf, sizesOf, valueIn } from "./site.ts";
import { ITSELF } from "./told.ts";

/** Asks the rules of C code of everything that a function shows; offsets are of the function. */
export function judgeCode(named: NamedFile, read: FunctionRead, kernel: Kernel): readonly CFinding[] {
  return read.observed.flatMap((seen) => {
    if (!("call" in seen)) return saidOf(seen, kernel, (...said) => findingOf(named, read, null, seen, ...said));
    const call = read.calls[seen.call];
    if (call === undefined) return [];
    const fact = { ...seen, call: sourceCall(named, read, call, kernel) };
    return saidOf(fact, kernel, (...said) => findingOf(named, read, call, seen, ...said));
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
    const asked = sourceCall(maker, made.read, call, kernel);
    const fact: SourceFact = { kind: "freed-otherwise", call: asked, by: by.name, own: ownFree(apiOf(call)) };
    const text = `${call.name}() in ${made.read.name}() gives ${call.allocation?.result.variable ?? "the memory"}`;
    const isOne = made.file === freed.file;
    return saidOf(fact, kernel, (rule, match): CFinding => {
      const finding = findingOf(named, freed.read, by, { ...nameOf(by), proof: [] }, rule, match);
      return {
        ...finding,
        ...stepIn(freed, { ...finding, text: "" }),
        severity: isOne ? finding.severity : "information",
        confidence: isOne ? "likely" : "possible",
        isAnywhere: false,
        proof: [stepIn(made, { ...nameOf(call), text })],
      };
    });
  });
}

/** What the rules of C code say of a fact. */
const saidOf = (
  fact: SourceFact,
  kernel: Kernel,
  made: (rule: SourceRule, match: SourceMatch) => CFinding,
): readonly CFinding[] =>
  SOURCE_RULES.flatMap((rule) => {
    const match = rule.check(fact, kernel);
    return match === null ? [] : [made(rule, match)];
  });

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

/** @param call the call that it is about; null: it is about none */
function findingOf(
  named: NamedFile,
  read: FunctionRead,
  call: Call | null,
  { start, end, proof }: Pick<Observation, "start" | "end" | "proof">,
  rule: SourceRule,
  { message, severity, writeMask, isPossible = false }: SourceMatch,
): CFinding {
  const mask = call === null ? undefined : maskArgumentOf(call);
  return {
    rule: rule.id,
    severity: severity ?? rule.severity,
    message,
    tag: null,
    file: ITSELF.file,
    path: named.path,
    function: read.name,
    start,
    end,
    call: call === null ? "" : callText(call),
    maskText: mask?.text ?? "",
    confidence: isPossible ? "possible" : "certain",
    isAnywhere: proof.length === 0,
    proof: proof.map((step) => stepIn(ITSELF, step)),
    fixes:
      writeMask === null || mask === undefined
        ? []
        : [
            {
              title: `Write ${writeMask}`,
              changes: [{ start: mask.start, end: mask.end, text: writeMask }],
              preferred: true,
            },
          ],
    advice: rule.advice,
  };
}
