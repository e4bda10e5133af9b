import { planOf } from "../_allocators.ts";
import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const cmaNotConfigured: Rule = {
  id: "cma-not-configured",
  title: "Memory from a contiguous area in a kernel without CMA",
  severity: "warning",
  class: "ineffective",
  concerns: { families: ["cma", "dma"] },
  recalled: "since 3.5",
  explanation:
    "Without CMA the call has no area to take from, and returns NULL. A driver that may meet such a kernel needs another way.",
  evidence: "include/linux/cma.h; include/linux/dma-map-ops.h",
  advice: "Depend on CMA, or have a way out for NULL.",
  examples: {
    bad: example("6.12", ["api   cma_alloc", "pages 512"], ["config { CMA off }"]),
    good: example("6.12", ["api   cma_alloc", "pages 512"], ["config { CMA on }"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { api, kernel } = subject;
  const takesFromArea = api.family === "cma" || /^dma_alloc_(from_)?contiguous$/.test(api.name);
  return takesFromArea && !kernel.options.CMA && planOf(subject).refused === "always"
    ? found(
        { kind: "api" },
        `${api.name}() has no area to take from in a kernel without CMA, and returns NULL: depend on CMA, or have a way out.`,
      )
    : NOTHING;
}
