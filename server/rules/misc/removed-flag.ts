import { meaningOf, wasRemoved } from "../../model/masks/names.ts";
import { blocks, example, found, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const removedFlag: Rule = {
  id: "removed-flag",
  title: "A flag that the kernel no longer has",
  severity: "error",
  class: "bug",
  recalled: "since 4.4",
  explanation:
    "The name does not compile on this kernel. __GFP_WAIT went in 4.4, __GFP_NOACCOUNT in 4.5, __GFP_OTHER_NODE in 4.11, __GFP_REPEAT in 4.13, GFP_TEMPORARY in 4.14, __GFP_COLD and __GFP_NOTRACK in 4.15, __GFP_ATOMIC in 6.3, __GFP_SKIP_KASAN_POISON and __GFP_SKIP_KASAN_UNPOISON in 6.4. Some were renamed, some have no successor.",
  evidence: "include/linux/gfp.h, include/linux/gfp_types.h",
  advice: "Write the successor, or drop the name.",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_REPEAT"]),
    good: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const written = subject.written;
  if (written === null || !(written.names.some(wasRemoved) || written.cleared.some(wasRemoved))) return NOTHING;
  return [...new Set([...written.names, ...written.cleared])].flatMap((name): readonly Match[] => {
    const meaning = meaningOf(subject.kernel, name);
    if (meaning.kind !== "removed") return NOTHING;
    const { removedIn, change } = meaning.removed;
    const replacement = replacementOf(subject, name, meaning.removed.replacement);
    const title = replacement === null ? `Drop ${name}` : `Write ${replacement}`;
    return found(
      { kind: "written", name },
      `${name} is gone since ${removedIn} (${change}): ${replacement === null ? "drop it" : `write ${replacement}`}.`,
      replacement === null
        ? { kind: "remove-name", name, title }
        : { kind: "replace-name", name, by: replacement, title },
    );
  });
}

/**
 * What to write instead; nothing where the mask has it already, or where the old flag did nothing beside direct
 * reclaim.
 */
function replacementOf(subject: Subject, name: string, replacement: string | null): string | null {
  if (replacement === null || wrote(subject, replacement)) return null;
  return name === "__GFP_ATOMIC" && (blocks(subject) || wrote(subject, "GFP_ATOMIC")) ? null : replacement;
}
