import { describe, test } from "vitest";
import { checkFindings } from "./_fixture.ts";

describe("what a request does not know", () => {
  test("of its context leaves what holds wherever code can run", () => {
    checkFindings(`kernel 6.12
request atomic { api kmalloc  size 64 B  flags GFP_ATOMIC  context unknown  handles null }
request sleeps { api kmalloc  size 64 B  flags GFP_KERNEL  context unknown  handles null }
request zone   { api kmalloc  size 64 B  flags GFP_KERNEL | __GFP_DMA32  context unknown  handles null }
//                                                          ^^^^^^^^^^^ slab-zone-flags
request nofail { api kmalloc  size 64 B  flags GFP_ATOMIC | __GFP_NOFAIL  context unknown }
//                                                          ^^^^^^^^^^^^ nofail-without-reclaim
`);
  });

  test("of its context is held against it by no policy that asks for a context", () => {
    checkFindings(`kernel 6.12
policy own for kmalloc {
  forbid in softirq
  forbid not in softirq and has __GFP_NORETRY
  forbid has __GFP_ZERO
}
request a { api kmalloc  size 64 B  flags GFP_NOWAIT | __GFP_NOWARN  context unknown  handles null }
//                                                     ^^^^^^^^^^^^ nowait-redundant-nowarn
request b { api kmalloc  size 64 B  flags GFP_ATOMIC | __GFP_ZERO  context unknown  handles null }
//                                                     ^^^^^^^^^^ policy-forbids
request c { api kmalloc  size 64 B  flags GFP_KERNEL | __GFP_NORETRY  context unknown  handles null }
//                                                     ^^^^^^^^^^^^^ policy-forbids
`);
  });

  test("of its size leaves what holds for every size", () => {
    checkFindings(`kernel 6.12
request r { api kmalloc  size unknown  flags GFP_KERNEL | __GFP_DMA32  handles null }
//                                                        ^^^^^^^^^^^ slab-zone-flags
request p { api alloc_pages  order unknown  flags GFP_KERNEL  handles null }
request m { api alloc_pages  flags GFP_KERNEL  handles null }
//      ^ missing-property
`);
  });

  test("is a word for contexts of requests, and no context by itself", () => {
    checkFindings(`kernel 6.12
context unknown { in softirq }
//      ^^^^^^^ duplicate-name
policy p { forbid in nowhere }
//                   ^^^^^^^ unknown-context
`);
  });
});

describe("a context that covers functions in C", () => {
  test("names them as they are, or with their file", () => {
    checkFindings(`kernel 6.12
context done { in softirq  for "drivers/net/foo.c:foo_done", bar_done }
context lock { holds spin_lock_bh  between own_lock and own_unlock }
context bad { for "drivers/net/foo.c", "foo.c:" }
//                ^^^^^^^^^^^^^^^^^^^ no-function
//                                     ^^^^^^^^ no-function
`);
  });
});
