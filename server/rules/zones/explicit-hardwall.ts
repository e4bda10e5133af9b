import { RETRIED, isDecided, isRetried } from "../_allocators.ts";
import { drop, example, found, has, inInterrupt, named, NOTHING, wrote } from "../_predicates.ts";
import type { Match, Rule, RuleFix, Subject } from "../rule.ts";

export const explicitHardwall: Rule = {
  id: "explicit-hardwall",
  title: "__GFP_HARDWALL written out",
  severity: "warning",
  class: "ineffective",
  concerns: { families: RETRIED, has: ["HARDWALL"] },
  recalled: "since 2.6.x",
  explanation:
    "While cpusets are in use every request has the bit in the fast path. In the slow path it keeps the request inside of the cpuset, where without it GFP_KERNEL may leave for the nearest hardwall: the difference between GFP_USER and GFP_KERNEL. In an interrupt cpusets are not looked at.",
  evidence:
    "mm/page_alloc.c:prepare_alloc_pages; kernel/cgroup/cpuset.c:cpuset_node_allowed (cpuset_current_node_allowed in 7.3)",
  advice: "Choose GFP_USER or GFP_KERNEL by whose memory it is.",
  examples: {
    bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_HARDWALL"]),
    good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_USER"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject) || !isRetried(subject) || !named(subject, "HARDWALL") || !has(subject, "HARDWALL"))
    return NOTHING;
  const where = inInterrupt(subject)
    ? "in interrupts cpusets are not looked at"
    : "beyond that it only keeps the slow path in the cpuset, which GFP_USER is for";
  const fixes = inInterrupt(subject) ? [] : asUserMask(subject);
  return found(
    { kind: "flag", flag: "HARDWALL" },
    `The fast path sets __GFP_HARDWALL by itself while cpusets are in use, and ${where}: drop it, or write GFP_USER for memory of user space.`,
    drop("HARDWALL"),
    ...fixes,
  );
}

/** GFP_KERNEL | __GFP_HARDWALL is GFP_USER: the mask written so, where it is names alone. */
function asUserMask(subject: Subject): readonly RuleFix[] {
  if (
    subject.written === null ||
    subject.written.hasLiteral ||
    subject.written.cleared.length > 0 ||
    !wrote(subject, "GFP_KERNEL")
  )
    return [];
  const text = subject.written.names
    .filter((name) => name !== "__GFP_HARDWALL")
    .map((name) => (name === "GFP_KERNEL" ? "GFP_USER" : name))
    .join(" | ");
  return [{ kind: "replace-mask", text, title: `Write ${text}` }];
}
