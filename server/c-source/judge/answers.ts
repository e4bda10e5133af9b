import { kept, keptFor } from "../../model/kept.ts";
import type { Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { ALL_RULES, kernelRule } from "../../rules/catalogue.ts";
import { judge, type SiteFinding } from "../../rules/judge.ts";
import type { Anchor, Rule, RuleFix } from "../../rules/rule.ts";
import type { Call } from "../functions/call.ts";
import type { NamedFile } from "../link/linked.ts";
import { words } from "../text/words.ts";
import { callSite, knownPart, sizesOf, valueIn, type MaskReading } from "./site.ts";

/** A context as a piece of a key; there are few, and each is asked for again and again. */
const contextText = keptFor((context: Context) => JSON.stringify(context), kept());

const answersOf = keptFor((_: Kernel) => new Map<string, readonly SiteFinding<Anchor, RuleFix>[]>());
const MOST_ANSWERS = 20_000;

/** What the rules say of a call with these masks, in these contexts: one answer for calls that ask the same. */
export function judged(
  call: Call,
  named: NamedFile,
  readings: readonly MaskReading[],
  contexts: readonly Context[],
  kernel: Kernel,
): readonly SiteFinding<Anchor, RuleFix>[] {
  const asked = answersOf(kernel);
  if (asked.size > MOST_ANSWERS) asked.clear();
  const { allocation } = call;
  const api = allocation?.api ?? null;
  const asks = JSON.stringify([
    api,
    readings.map((reading) => {
      const { mask, written, certain } = valueIn(reading, kernel);
      const part = knownPart(reading, kernel);
      return [mask, written, certain, part === null ? 0 : valueIn(part, kernel).mask];
    }),
    sizesOf(call, named.file, kernel),
    allocation?.result.is,
    allocation?.result.hasFallback,
    allocation?.through?.isInside,
  ]);
  const key = contexts.reduce((text, context) => text + contextText(context), asks);
  const found = asked.get(key);
  if (found !== undefined) return found;
  const site = callSite(call, named.file, readings, () => contexts);
  const rules = allocation?.through?.isInside === true ? INSIDE_RULES : api === null ? MASK_RULES : ALL_RULES;
  const parts = readings.map((reading) => knownPart(reading, kernel));
  // What is added to a mask takes nothing from it.
  const known = readings.map((reading, at) => parts[at] ?? reading);
  const partly = callSite(call, named.file, known, () => contexts);
  const more = parts.some((part) => part !== null) ? judge(partly, kernel, WAITING_RULES) : [];
  const said = [...judge(site, kernel, rules), ...more];
  const answer = readings.length > 1 && contexts.length === 1 ? [...said, ...sleepsByAny()] : said;
  asked.set(key, answer);
  return answer;

  /** Each of the masks may sleep where it must not, one by this name and one by that. */
  function sleepsByAny(): readonly SiteFinding<Anchor, RuleFix>[] {
    if (said.some(({ rule }) => SLEEPS.has(rule))) return [];
    const each = readings.map((reading) =>
      judged(call, named, [reading], contexts, kernel).find(({ rule }) => SLEEPS.has(rule)),
    );
    const first = each.find((one) => one?.rule === "sleep-in-atomic");
    return first === undefined || each.includes(undefined) ? [] : [{ ...first, place: { kind: "mask" }, fixes: [] }];
  }
}

const SLEEPS = words("sleep-in-atomic nofs-is-not-atomic");

/** Rules by their names, side by side. */
export const rulesNamed = (...ids: readonly string[]): readonly Rule[] =>
  [...words(...ids)].flatMap((id) => kernelRule(id) ?? []);

/** The rules that speak of a function that allocates inside. */
const INSIDE_RULES = rulesNamed("sleep-in-atomic alloc-in-nmi fs-reclaim-under-lock io-reclaim-under-lock");

/** The rules that speak of what a flag does, whatever others do. */
const WAITING_RULES = rulesNamed(
  "sleep-in-atomic nofs-is-not-atomic alloc-in-nmi tree-blocking-under-lock fs-reclaim-under-lock",
  "io-reclaim-under-lock reclaim-in-fence-signalling",
);

/** The rules that speak of a mask and a place, whatever function is called. */
const MASK_RULES = rulesNamed(
  "sleep-in-atomic nofs-is-not-atomic alloc-in-nmi rt-alloc-in-atomic atomic-or-kernel",
  "atomic-when-sleepable atomic-with-nomemalloc nowait-may-warn nowait-redundant-nowarn no-reclaim-bits",
  "fs-reclaim-under-lock io-reclaim-under-lock reclaim-in-fence-signalling nofail-without-reclaim",
  "nofail-with-noretry nofail-with-retry-mayfail nofail-in-atomic noretry-without-reclaim",
  "retry-mayfail-without-reclaim noretry-with-retry-mayfail memalloc-with-nomemalloc zone-dma-dma32",
  "zone-dma-highmem zone-dma32-highmem mobility-conflict removed-flag",
);
