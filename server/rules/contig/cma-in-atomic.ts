import { example, found, mayNotSleep, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

const xmit = "context xmit { in process  holds spinlock }";

export const cmaInAtomic: Rule = {
  id: "cma-in-atomic",
  title: "cma_alloc() where the caller may not sleep",
  severity: "error",
  class: "bug",
  concerns: { families: ["cma", "dma"], mayNotSleep: true },
  recalled: "since 3.4",
  explanation:
    "The call takes mutexes and migrates pages synchronously, so it sleeps in any state of memory. dma_alloc_contiguous() looks at the mask first and returns NULL without __GFP_DIRECT_RECLAIM; it is meant here only with a blocking mask.",
  evidence: "mm/cma.c:cma_alloc; kernel/dma/contiguous.c:dma_alloc_contiguous",
  advice: "Allocate at probe time, in process context.",
  examples: {
    bad: example("6.12", ["api     cma_alloc", "pages   512", "context xmit"], [xmit]),
    good: example("6.12", ["api     cma_alloc", "pages   512", "context process"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return reachesCma(subject) && mayNotSleep(subject) && subject.verdict.sleeps !== "never"
    ? found(
        { kind: "api" },
        `${subject.api.name}() takes mutexes and migrates pages, and this context may not sleep: allocate in process context, for example at probe time.`,
      )
    : NOTHING;
}

const reachesCma = (subject: Subject): boolean =>
  subject.api.family === "cma" ||
  subject.api.name === "dma_alloc_contiguous" ||
  subject.api.name === "dma_alloc_from_contiguous";
