import type { Fact } from "../../../../grammar/ast.ts";
import { didYouMean, listText, replacements, report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import { nearest } from "../../names/suggest.ts";
import type { LanguageRule } from "../language-rule.ts";
import { isZone, ZONE_NAMES } from "../../../model/kernels/kernel.ts";

export const unknownFact: LanguageRule = {
  id: "expectation-unknown-fact",
  group: "expectations",
  title: "A fact that no expectation can state",
  severity: "error",
  source: "expectation",
  explanation:
    "Facts come from a closed list: `sleeps`, `oom`, `fails`, `warns` with never, may or always; `reclaim` with none, kswapd or direct; `reserves` with none, high, atomic or all; `zone` and `mode` with a name. With `on MEMORY`: `succeeds`, `succeeds in N %`, `fails`, `oom`, `drains`, `node`, `retries`.",
  advice: "Write one of these.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleep may }\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleeps may }\n",
  },
};

const CERTAINTIES = ["never", "may", "always"] as const;

const STATIC_FACTS = ["sleeps", "oom", "fails", "warns", "reclaim", "reserves", "zone", "mode"] as const;

const MEMORY_FACTS = ["succeeds", "fails", "oom", "drains", "node", "retries"] as const;

const RECLAIM = ["none", "kswapd", "direct"];

const RESERVES = ["none", "high", "atomic", "all"];

const DRAINS = ["none", "pcp", "lru"];

/** Facts that mean nothing, whatever the kernel. */
export function unknownFactFindings(facts: readonly Fact[], onMemory: boolean): readonly UnplacedFinding[] {
  return facts.flatMap((fact) => {
    const finding = onMemory ? unknownMemoryFact(fact) : unknownStaticFact(fact);
    return finding === null ? [] : [finding];
  });
}

/** How often: of successes alone, and of no more than all. */
function unknownShare(fact: Fact): UnplacedFinding | null {
  if (fact.name.text !== "succeeds")
    return report(unknownFact, fact, `\`${fact.name.text}\` is no matter of how often: write \`succeeds in 95 %\`.`);
  return fact.share === null || fact.share.value <= 100
    ? null
    : report(unknownFact, fact.share, "No request succeeds in more than 100 % of the runs.");
}

/** A fact of a verdict that cannot be asked, or not so; null: it can. */
export function unknownStaticFact(fact: Fact): UnplacedFinding | null {
  if (fact.share !== null && fact.name.text !== "succeeds") return unknownShare(fact);
  switch (fact.name.text) {
    case "sleeps":
    case "oom":
    case "fails":
    case "warns":
      return wordValue(fact, CERTAINTIES);
    case "reclaim":
      return wordValue(fact, RECLAIM);
    case "reserves":
      return wordValue(fact, RESERVES);
    case "zone": {
      const name = valueText(fact);
      return name !== null && isZone(name) ? null : valueFinding(fact, ZONE_NAMES);
    }
    case "mode":
      return fact.value !== null && "text" in fact.value && !("value" in fact.value)
        ? null
        : report(unknownFact, fact, "`mode` takes the name of a mode.");
    default:
      return nameFinding(
        fact,
        STATIC_FACTS,
        MEMORY_FACTS.some((name) => name === fact.name.text)
          ? `\`${fact.name.text}\` is decided on a state of memory: write \`on MEMORY\` before the facts.`
          : null,
      );
  }
}

/** A fact of an outcome on a state of memory that cannot be asked, or not so; null: it can. */
export function unknownMemoryFact(fact: Fact): UnplacedFinding | null {
  if (fact.share !== null) return unknownShare(fact);
  switch (fact.name.text) {
    case "succeeds":
      return fact.value === null ? null : report(unknownFact, fact.value, "`succeeds` takes no value.");
    case "fails":
    case "oom":
      return fact.value === null ? null : wordValue(fact, ["never", "always"]);
    case "drains":
      return fact.value === null ? null : wordValue(fact, DRAINS);
    case "node":
    case "retries":
      return fact.value !== null && "value" in fact.value
        ? null
        : report(unknownFact, fact, `\`${fact.name.text}\` takes a number.`);
    default:
      return nameFinding(
        fact,
        MEMORY_FACTS,
        STATIC_FACTS.some((name) => name === fact.name.text)
          ? `\`${fact.name.text}\` is true of every state of memory: state it without \`on\`.`
          : null,
      );
  }
}

function wordValue(fact: Fact, words: readonly string[]): UnplacedFinding | null {
  const text = valueText(fact);
  return text !== null && words.includes(text) ? null : valueFinding(fact, words);
}

/** What is expected, as written; null where nothing is yet. */
export function valueText(fact: Fact): string | null {
  return fact.value?.text ?? null;
}

function valueFinding(fact: Fact, words: readonly string[]): UnplacedFinding {
  const text = valueText(fact);
  const near = text === null ? [] : nearest(text, words);
  return report(unknownFact, fact.value ?? fact, `\`${fact.name.text}\` is ${listText(words, "or")}.`, {
    fixes: fact.value === null ? [] : replacements(fact.value, near),
  });
}

function nameFinding(fact: Fact, known: readonly string[], instead: string | null): UnplacedFinding {
  const near = nearest(fact.name.text, known);
  const message =
    instead ??
    `No expectation speaks of \`${fact.name.text}\`${near.length > 0 ? didYouMean(near) : `: there are ${listText(known)}.`}`;
  return report(unknownFact, fact.name, message, { fixes: instead === null ? replacements(fact.name, near) : [] });
}
