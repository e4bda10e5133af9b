import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn } from "./_fixture.ts";

const SCOPE = `kernel 6.12
/// Memory for the way out of memory pressure.
scope protected {
  clears __GFP_FS | __GFP_IO
  adds   __GFP_NOWARN
}
`;

describe("a scope that no kernel has yet", () => {
  test("may be entered by a context, by a request, and asked for by a policy", () => {
    checkFindings(`${SCOPE}
context writer { in process  scope nofs, protected }
context plain  { in process }
policy only_there for folio_alloc {
  forbid not in protected because "only for those who are on the way out"
  mode protected when has __GFP_NORETRY and in protected { oom never }
  mode ordinary  otherwise                               { }
}
request direct { api folio_alloc  order 0  flags GFP_KERNEL  context protected  handles null }
//                                                                   ^^^^^^^^^ unknown-scope
request through { api folio_alloc  order 0  flags GFP_KERNEL | __GFP_NORETRY  context writer  handles null }
//                                                                                    ^^^^^^ unknown-scope
request outside { api folio_alloc  order 0  flags GFP_KERNEL  context plain  handles null }
//                                                ^^^^^^^^^^ policy-forbids
expect through { mode protected }
expect direct  { mode ordinary }
`);
  });

  test("changes the mask that the kernel is asked for, and says so", () => {
    const text = `${SCOPE}request r { api alloc_pages  order 0  flags GFP_KERNEL  context protected  handles null }\n`;
    const [finding] = findingsIn(text);
    expect(finding?.rule).toBe("unknown-scope");
    expect(finding?.message).toBe(
      "No kernel has the scope protected, and what is said of the kernel is said of GFP_NOIO | __GFP_NOWARN, which it leaves of GFP_KERNEL (6.12).",
    );
    checkFindings(`kernel 6.12
scope spinning { clears __GFP_DIRECT_RECLAIM }
context locked { holds spinlock  scope spinning }
request r { api kmalloc  size 64 B  flags GFP_KERNEL  context locked  handles null }
//                                                            ^^^^^^ unknown-scope
expect r { sleeps never }
`);
  });

  test("has no effect where the function takes no mask, or where the mask has nothing of it", () => {
    const said = (request: string) =>
      findingsIn(`kernel 6.12\nscope s { clears __GFP_FS }\nrequest r { ${request}  context s  handles null }\n`)
        .filter(({ rule }) => rule === "unknown-scope")
        .map(({ message }) => message);
    expect(said("api vmalloc  size 64 KiB")).toEqual([
      "No kernel has the scope s, and vmalloc() takes no mask that it could change (6.12).",
    ]);
    expect(said("api kmalloc  size 64 B  flags GFP_NOWAIT")).toEqual([
      "No kernel has the scope s, and it leaves this mask as it is (6.12).",
    ]);
  });

  test("leaves to policies the mask that the call gives", () => {
    checkFindings(`kernel 6.12
scope s { clears __GFP_FS }
policy p for folio_alloc { forbid lacks __GFP_FS }
request r { api folio_alloc  order 0  flags GFP_KERNEL  context s  handles null }
//                                                              ^ unknown-scope
`);
  });

  test("is a bit over all masks, in policies, in what lies within what, and in transforms", () => {
    checkFindings(`kernel 6.12
scope s { clears __GFP_FS }
scope t { adds __GFP_NOWARN }
policy closed { forbid not in s }
policy open { forbid in t }
policy both { forbid not in s  forbid in t }
expect both within closed
expect closed within both
//            ^^^^^^^^^^^ expectation-fails
transform quiet(gfp) = gfp | __GFP_NOWARN
expect quiet when in s gives has __GFP_NOWARN
expect quiet when in s gives has __GFP_FS
//                     ^^^^^^^^^^^^^^^^^^ expectation-fails
expect quiet when in softirq gives has __GFP_FS
//                           ^^^^^^^^^^^^^^^^^^ expectation-fails
`);
    const [finding] = findingsIn(`kernel 6.12
scope s { clears __GFP_FS }
policy a { forbid in s }
policy b { forbid has __GFP_ZERO }
expect b within a
`);
    expect(finding?.message).toContain("in scope s");
  });

  test("of several, all that is cleared is cleared before anything is added, whatever the order", () => {
    for (const order of ["a, b", "b, a"])
      checkFindings(`kernel 6.12
scope a { clears __GFP_FS | __GFP_NOWARN }
scope b { adds __GFP_NOWARN }
context c { scope ${order} }
request r { api kmalloc  size 64 B  flags GFP_KERNEL | __GFP_NORETRY  context c  handles null }
//                                                                            ^ unknown-scope
expect r { warns never }
`);
  });

  test("comes with an import, and goes with its declaration", () => {
    const text = 'kernel 6.12\nimport "design.allocpolicy"\ncontext c { scope protected }\n';
    const rules = (design: string) =>
      findingsIn(text, { files: { "design.allocpolicy": design } }).map(({ rule }) => rule);
    expect(rules("scope protected { clears __GFP_FS }\n")).toEqual([]);
    expect(rules("scope other { clears __GFP_FS }\n")).toEqual(["unknown-name"]);
    expect(rules("context protected { in process }\n")).toEqual(["unknown-name"]);
  });

  test("needs a name of its own, and must not clear what it adds", () => {
    checkFindings(`kernel 6.12
scope nofs { clears __GFP_FS }
//    ^^^^ duplicate-name
scope softirq { clears __GFP_FS }
//    ^^^^^^^ duplicate-name
scope timer { clears __GFP_FS }
//    ^^^^^ duplicate-name
context mine { in process }
scope mine { clears __GFP_FS }
//    ^^^^ duplicate-name
scope both { clears GFP_KERNEL  adds __GFP_IO | __GFP_ZERO }
//                                   ^^^^^^^^^^^^^^^^^^^^^ scope-contradiction
scope unknown { clears __GFP_FZ }
//                     ^^^^^^^^ unknown-flag
`);
  });

  test("the kernel's own scopes are contexts as well", () => {
    checkFindings(`kernel 6.12
policy p for folio_alloc { forbid in nofs }
request r { api folio_alloc  order 0  flags GFP_KERNEL  context nofs  handles null }
//                                          ^^^^^^^^^^ policy-forbids
request s { api folio_alloc  order 0  flags GFP_KERNEL  context noio  handles null }
expect r { reclaim direct }
`);
  });

  test("there are as many as a task has bits of flags", () => {
    const many = Array.from({ length: 34 }, (_, i) => `scope s${String(i).padStart(2, "0")} { clears __GFP_FS }`);
    const found = findingsIn(`kernel 6.12\n${many.join("\n")}\npolicy p { forbid in s33 }\n`);
    expect(found.filter(({ rule }) => rule === "no-free-bit")).toHaveLength(2);
  });
});
