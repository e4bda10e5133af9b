import { describe, expect, test } from "vitest";
import { format } from "../../grammar/index.ts";
import { checkFindings } from "./_fixture.ts";

describe("an allocator", () => {
  test("says which call in C a function stands for, with parameters, numbers and a mask", () => {
    checkFindings(`kernel 6.12
flags QUIET = __GFP_NOWARN | __GFP_NORETRY
transform gentle(gfp) = gfp & ~__GFP_DIRECT_RECLAIM
allocator own_alloc(o, n, gfp) = kmalloc(n, gfp | QUIET)
allocator own_gentle(o, n, size) = kmalloc(n, gentle(size))
allocator own_page() = alloc_pages(GFP_KERNEL, 0)
allocator own_buffer(o, wait) = kzalloc(4096, wait ? GFP_KERNEL : GFP_ATOMIC)
allocator own_area(size) = vmalloc(size)
allocator own_name(o, gfp, fmt) = kasprintf(gfp, fmt)
`);
  });

  test("calls a function that the kernel has, with as many arguments as it takes", () => {
    checkFindings(`kernel 6.12
allocator one(n, gfp) = kmaloc(n, gfp)
//                      ^^^^^^ unknown-api
allocator two(n, gfp) = kmalloc(n)
//                      ^^^^^^^ wrong-arguments
allocator three(n, gfp) = kmalloc(n, gfp, 0)
//                        ^^^^^^^ wrong-arguments
allocator four(gfp) = alloc_pages_nolock(gfp, 0, 0)
//                    ^^^^^^^^^^^^^^^^^^ unknown-api
`);
  });

  test("has a name of its own, and gives on what it is given", () => {
    checkFindings(`kernel 6.12
allocator kmalloc(n, gfp) = kzalloc(n, gfp)
//        ^^^^^^^ duplicate-name
allocator twice(n, n, gfp) = kmalloc(n, gfp)
//                 ^ duplicate-name
allocator same(n, gfp) = kmalloc(n, gfp)
allocator same(n, gfp) = kzalloc(n, gfp)
//        ^^^^ duplicate-name
allocator size(n, gfp) = kmalloc(m, gfp)
//                               ^ unknown-name
allocator mask(n, gfp) = kmalloc(n, gfq | __GFP_ZER0)
//                                  ^^^ unknown-flag
//                                        ^^^^^^^^^^ unknown-flag
`);
  });

  test("shares its name with what is no function, and keywords may be its names", () => {
    checkFindings(`kernel 6.12
context own { in softirq }
allocator own(flags, size, order) = alloc_pages(flags, order)
allocator allocator(gfp) = alloc_page(gfp)
request own { api kmalloc  size 64 B  flags GFP_ATOMIC  context own  handles null }
`);
  });

  test("is laid out as C is", () => {
    const laid = format("kernel 6.12\nallocator own( o,n , gfp )=kmalloc ( n ,gfp|__GFP_ZERO )\n");
    expect(laid).toEqual({
      kind: "formatted",
      text: "kernel 6.12\nallocator own(o, n, gfp) = kmalloc(n, gfp | __GFP_ZERO)\n",
    });
  });

  test.each([
    ["allocator own(o, n = kmalloc(n, GFP_KERNEL)"],
    ["allocator own = kmalloc(n, GFP_KERNEL)"],
    ["allocator own(n) kmalloc(n, GFP_KERNEL)"],
    ["allocator own(n) = kmalloc(n, )"],
    ["allocator own(n) ="],
    ["allocator"],
  ])("with damage costs itself: %s", (text) => {
    const after = "\nflags FINE = GFP_KERNEL\nrequest r { api kmalloc  size 64 B  flags FINE  handles null }\n";
    const laid = format(`kernel 6.12\n${text}${after}`);
    expect(laid.kind).toBe("damaged");
  });
});
