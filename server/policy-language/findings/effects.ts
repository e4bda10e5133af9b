import type { Effect, PolicyDeclaration } from "../../../grammar/ast.ts";
import type { Span } from "../../rules/finding.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { EFFECT_WORDS, isEffectName } from "../policies/effects.ts";
import { unknownName, unknownWord } from "./names/unknown-names.ts";
import { listText, report } from "./report.ts";

/** What modes promise comes from a closed list, names and values. */
export function effectWordFindings(policy: PolicyDeclaration): readonly UnplacedFinding[] {
  return policy.clauses.flatMap((clause) => (clause.kind === "mode" ? clause.effects.flatMap(effectFindings) : []));
}

function effectFindings({ name, values }: Effect): readonly UnplacedFinding[] {
  if (!isEffectName(name.text)) return [unknownWord(name, "effect that a mode can promise", Object.keys(EFFECT_WORDS))];
  const entry: EffectEntry = EFFECT_WORDS[name.text];
  const takes =
    entry.words.length === 0 ? "a number" : listText([...entry.words, ...(entry.number ? ["a number"] : [])], "or");
  const wrong = (span: Span): UnplacedFinding => report(unknownName, span, `\`${name.text}\` takes ${takes}.`);
  if (values === null) return [wrong(name)];
  if ("value" in values) return entry.number === true ? [] : [wrong(values)];
  const unknown = values.filter(({ text }) => !entry.words.includes(text));
  if (unknown.length > 0)
    return unknown.map((value) =>
      entry.words.length === 0 ? wrong(value) : unknownWord(value, `value of \`${name.text}\``, entry.words),
    );
  const second = values[1];
  return second === undefined || entry.joined === true ? [] : [wrong(second)];
}

interface EffectEntry {
  readonly words: readonly string[];
  readonly number?: true;
  readonly joined?: true;
}
