import { COSTLY_ORDER } from "../../model/limits.ts";
import { orderOf } from "../../model/sizes.ts";
import { isUncheckedInReclaim, planOf } from "../_allocators.ts";
import { blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const uncheckedResult: Rule = {
  id: "unchecked-result",
  title: "Result not checked",
  severity: "information",
  class: "suspicious",
  concerns: { lacks: ["NOFAIL"], result: "unchecked" },
  recalled: "since 2.6.x",
  explanation:
    "The caller does not check the result, and the model says that the request can fail. Small blocking requests practically never do (too small to fail), but a task that the OOM killer has chosen, a PF_MEMALLOC task, a memory cgroup at its limit (where the request is charged), a node or zone asked for alone, a dumping task and fault injection get NULL. Larger and non-blocking requests fail in earnest. A caller of whom it is not known is not meant.",
  evidence: "mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_may_oom",
  advice: "Check for NULL; where there is no way out, say __GFP_NOFAIL.",
  examples: {
    bad: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "handles nothing"]),
    good: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (subject.result !== "unchecked" || subject.verdict.fails === "never" || has(subject, "NOFAIL")) return NOTHING;
  // mempool-unchecked, bulk-unchecked and noreclaim-scope-unchecked say it for theirs.
  if (isUncheckedInReclaim(subject)) return NOTHING;
  if (subject.api.family === "mempool" || subject.api.family === "bulk") return NOTHING;
  const { kernel, request, api } = subject;
  const seldom =
    (api.family === "pages" || api.family === "slab" || api.family === "slab-cache") &&
    blocks(subject) &&
    orderOf(kernel, request) <= COSTLY_ORDER &&
    !has(subject, "NORETRY") &&
    !has(subject, "RETRY_MAYFAIL") &&
    !has(subject, "THISNODE") &&
    subject.verdict.fails === "may";
  const whom = planOf(subject).charged
    ? "an OOM victim, a PF_MEMALLOC task or a memcg at its limit does get NULL"
    : "an OOM victim or a PF_MEMALLOC task does get NULL";
  const why = seldom
    ? `seldom fails, but ${whom}`
    : `${subject.verdict.fails === "always" ? "always fails" : "may fail"} here`;
  return found({ kind: "result-check" }, `${api.name}() ${why}, and the result is not checked: check it.`, {
    kind: "add-result-check",
    title: "Check for NULL",
  });
}
