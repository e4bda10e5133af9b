import { inFunction, said } from "./_source.ts";
import type { SourceRule } from "../source-rule.ts";

export const uncheckedObject: SourceRule = {
  id: "unchecked-object",
  title: "Whether an object was made is not asked, or in the wrong way",
  severity: "information",
  class: "suspicious",
  explanation:
    "Functions that make a workqueue, a network device, a thread or a transform allocate with GFP_KERNEL inside, start tasks or load modules: each of that can fail, also for reasons that have nothing to do with memory. Some give NULL then, others an error pointer, which is not NULL and which no test for NULL finds.",
  evidence:
    "kernel/workqueue.c:alloc_workqueue; kernel/kthread.c:__kthread_create_on_node; crypto/api.c:crypto_create_tfm_node",
  advice: "Look at what it gives before it is used: for NULL or with IS_ERR(), as the function says.",
  examples: {
    bad: inFunction(
      "static int setup(struct table *t)",
      't->task = kthread_create(table_thread, t, "table");',
      "if (!t->task)",
      "\treturn -ENOMEM;",
      "wake_up_process(t->task);",
      "return 0;",
    ),
    good: inFunction(
      "static int setup(struct table *t)",
      't->task = kthread_create(table_thread, t, "table");',
      "if (IS_ERR(t->task))",
      "\treturn PTR_ERR(t->task);",
      "wake_up_process(t->task);",
      "return 0;",
    ),
  },
  check: (fact) => {
    if (fact.kind !== "object-unseen") return null;
    const { call, fails, how, pointer } = fact;
    const check = fails === "NULL" ? "test for NULL" : "ask IS_ERR()";
    if (how === "by another test")
      return said(
        `${call.api}() gives ${fails} where it fails, which this test of ${pointer} does not find: ${check}.`,
        {
          severity: "warning",
        },
      );
    const may = `${call.api}() may fail and give ${fails}`;
    return how === "unchecked"
      ? said(`${may}, and ${pointer} is used without a test: ${check} before.`)
      : said(`${may}, and nobody in the function looks at ${pointer}: ${check}.`, {
          severity: "hint",
          isPossible: true,
        });
  },
};
