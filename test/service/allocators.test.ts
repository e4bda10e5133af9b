import { describe, test } from "vitest";
import { checkCompletion, checkDefinition, checkHover, checkReferences, checkRename } from "./_fixture.ts";

const HEAD = "kernel 6.12\n";

describe("an allocator in the editor", () => {
  test("is told by a hover, with its parameters and the function that it stands for", () => {
    checkHover(`${HEAD}/// Of core.c.\nallocator own_al$0loc(o, n, gfp) = kmalloc(n, gfp)`, "own_alloc", [
      /Of core\.c/,
      /judged as calls/,
    ]);
    checkHover(`${HEAD}allocator own_alloc(o, n, gfp) = kmal$0loc(n, gfp)`, "kmalloc", [/void \*kmalloc/]);
    checkHover(`${HEAD}allocator own_alloc(o, n, g$0fp) = kmalloc(n, gfp)`, "gfp", [/Argument 3/]);
    checkHover(`${HEAD}allocator own_alloc(o, n, gfp) = kmalloc(n, g$0fp | __GFP_ZERO)`, "gfp", [/Argument 3/]);
    checkHover(`${HEAD}allo$0cator own_alloc(n, gfp) = kmalloc(n, gfp)`, "allocator", [/stands for/]);
  });

  test("offers functions, its parameters, and flags where the mask stands", () => {
    checkCompletion(`${HEAD}\n$0`, ["allocator"]);
    checkCompletion(`${HEAD}allocator own_alloc(o, n, gfp) = $0`, ["kmalloc", "alloc_pages"]);
    checkCompletion(`${HEAD}allocator own_alloc(o, n, gfp) = kmalloc($0`, ["o", "n", "gfp"], ["GFP_KERNEL"]);
    checkCompletion(`${HEAD}allocator own_alloc(o, n, gfp) = kmalloc(n, $0`, ["gfp", "GFP_KERNEL", "__GFP_ZERO"]);
  });

  test("and its parameters are found and renamed", () => {
    checkDefinition(`${HEAD}allocator own_alloc(o, n, gfp) = kmalloc(n, g$0fp | __GFP_ZERO)`, {
      file: "main.allocpolicy",
      text: "allocator own_alloc(o, n, gfp) = kmalloc(n, gfp | __GFP_ZERO)",
    });
    checkReferences(`${HEAD}allocator own_al$0loc(n, gfp) = kmalloc(n, gfp)`, [
      "allocator own_alloc(n, gfp) = kmalloc(n, gfp)",
    ]);
    checkRename(`${HEAD}allocator own_alloc(n, g$0fp) = kmalloc(n, gfp | __GFP_ZERO)\n`, "flags", {
      "main.allocpolicy": `${HEAD}allocator own_alloc(n, flags) = kmalloc(n, flags | __GFP_ZERO)\n`,
    });
    checkRename(`${HEAD}allocator own_al$0loc(n, gfp) = kmalloc(n, gfp)\n`, "own_get", {
      "main.allocpolicy": `${HEAD}allocator own_get(n, gfp) = kmalloc(n, gfp)\n`,
    });
  });
});
