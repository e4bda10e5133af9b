import { describe, expect, test } from "vitest";
import { HELD_NAMES, KERNEL_CONTEXTS } from "../../server/model/kernel-contexts.ts";
import { checkFindings, findingsIn } from "./_fixture.ts";

describe("contexts by the kernel's names, in a file", () => {
  test("are known after context, in and holds", () => {
    for (const name of KERNEL_CONTEXTS.keys()) {
      const held = HELD_NAMES.includes(name) ? `holds ${name} "it"` : `in ${name}`;
      const rules = findingsIn(
        `kernel 6.12\ncontext a { in ${name} }\ncontext b { ${held} }\nrequest r { api kmalloc  size 64 B  flags GFP_NOWAIT  context ${name} }\n`,
      ).map(({ rule }) => rule);
      expect(
        rules.filter((rule) => rule.startsWith("unknown") || rule === "syntax"),
        name,
      ).toEqual([]);
    }
  });

  test("what handles something is not held", () => {
    checkFindings(`kernel 6.12
context a { holds timer }
//                ^^^^^ unknown-name
`);
  });

  test("follow PREEMPT_RT as the file's config says", () => {
    const request = (config: string): string => `kernel 6.12
${config}
context here { holds spin_lock_irqsave "ring" }
request r { api kmem_cache_alloc_bulk  cache { size 64 }  count 4  flags GFP_NOWAIT  context here }
`;
    expect(findingsIn(request("")).map(({ rule }) => rule)).toEqual(["bulk-irqs-off"]);
    expect(findingsIn(request("config { PREEMPT_RT on }")).map(({ rule }) => rule)).toEqual([]);
  });

  test("follow it in a file that imports the context as well", () => {
    const files = { "contexts.allocpolicy": "context here { in spin_lock_irq }\n" };
    const request = (config: string): string => `kernel 6.12
${config}
import "contexts.allocpolicy"
request r { api kmem_cache_alloc_bulk  cache { size 64 }  count 4  flags GFP_NOWAIT  context here }
`;
    expect(findingsIn(request(""), { files }).map(({ rule }) => rule)).toEqual(["bulk-irqs-off"]);
    expect(findingsIn(request("config { PREEMPT_RT on }"), { files })).toEqual([]);
  });

  test("one that the file declares takes their place", () => {
    checkFindings(`kernel 6.12
context timer { in process }
request r { api kmalloc  size 64 B  flags GFP_KERNEL  context timer }
`);
  });

  test("a fence that is to be signalled forbids every mask that reclaims", () => {
    checkFindings(`kernel 6.12
context run_job { holds dma_fence_signalling }
request r { api kmalloc  size 64 B  flags GFP_NOIO  context run_job }
//                                        ^^^^^^^^ reclaim-in-fence-signalling
request s { api kmalloc  size 64 B  flags GFP_ATOMIC  context run_job }
`);
  });

  test("policies speak of them", () => {
    checkFindings(`kernel 6.12
policy quiet_in_timers for kmalloc { forbid has __GFP_DIRECT_RECLAIM and in timer because "a softirq" }
request r { api kmalloc  size 64 B  flags GFP_NOWAIT  context tasklet }
`);
  });
});
