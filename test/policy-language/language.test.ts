import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn, fixed } from "./_fixture.ts";

const request = (name: string, flags: string, api = "kmalloc", size = "size  64 B"): string =>
  `request ${name} {\n  api   ${api}\n  ${size}\n  flags ${flags}\n}\n`;

describe("headers", () => {
  test("a file without a kernel header gets a hint on its first declaration", () => {
    const [hint] = checkFindings(`
flags RING = GFP_KERNEL
//    ^^^^ no-kernel
flags POOL = GFP_KERNEL
`);
    expect(hint?.severity).toBe("hint");
  });

  test("a default kernel from the settings takes the place of the hint", () => {
    checkFindings("flags RING = GFP_KERNEL\n", { settings: { defaultKernel: "6.1 .. 6.6" } });
  });

  test("a file without declarations gets no hint", () => {
    checkFindings("// nothing here\n");
  });

  test("an unknown version is reported, and nothing is judged by the newest kernel instead", () => {
    checkFindings(`
kernel 6.99
//     ^^^^ unknown-kernel

request nofail {
  api   alloc_pages
  order 2
  flags GFP_ATOMIC | __GFP_NOFAIL
}
`);
  });

  test("of several versions the known ones are judged by", () => {
    checkFindings(`
kernel 6.12, 6.99
//           ^^^^ unknown-kernel

request nofail {
  api   alloc_pages
  order 2
  flags GFP_KERNEL | __GFP_NOFAIL
  //                 ^^^^^^^^^^^^ nofail-high-order
}
`);
  });

  test("a reversed range is reported with the order that was meant", () => {
    const text = "kernel 6.12 .. 6.1\n";
    checkFindings(`${text}//     ^^^^^^^^^^^ unknown-kernel\n`);
    expect(fixed(text, "unknown-kernel")).toBe("kernel 6.1 .. 6.12\n");
  });

  test("an unknown option is reported with the one that was meant", () => {
    const text = "kernel 6.12\nconfig { PREEMT_RT on }\n";
    checkFindings(`${text}//       ^^^^^^^^^ unknown-option\n`);
    expect(fixed(text, "unknown-option")).toBe("kernel 6.12\nconfig { PREEMPT_RT on }\n");
  });

  test("values of options are on, off, or a page size that Linux has", () => {
    checkFindings(`
kernel 6.12
config { NUMA 4 KiB  page 5 KiB  MEMCG off  MEMCG on }
//            ^^^^^ unknown-option
//                        ^^^^^ unknown-option
//                                          ^^^^^ duplicate-property
`);
  });

  test("a CONFIG_ prefix is taken off by the fix", () => {
    expect(fixed("kernel 6.12\nconfig { CONFIG_NUMA off }\n", "unknown-option")).toBe(
      "kernel 6.12\nconfig { NUMA off }\n",
    );
  });
});

describe("imports", () => {
  const contexts = "context rx { in softirq }\n";

  test("declarations of an imported file are visible, and those that it imports", () => {
    checkFindings(
      `
kernel 6.12
import "lib/all.allocpolicy"
request r {
  api     kmalloc
  size    64 B
  flags   GFP_KERNEL
  //      ^^^^^^^^^^ sleep-in-atomic
  context rx
}
`,
      { files: { "lib/all.allocpolicy": 'import "../contexts.allocpolicy"\n', "contexts.allocpolicy": contexts } },
    );
  });

  test("a missing file is reported on the import, and its names are then unknown", () => {
    checkFindings(
      `
kernel 6.12
import "contexts.allocpolicy"
//     ^^^^^^^^^^^^^^^^^^^^^^ import-not-found
request r {
  api     kmalloc
  size    64 B
  flags   GFP_NOWAIT
  context rx
  //      ^^ unknown-context
}
`,
      { missing: ["contexts.allocpolicy"] },
    );
  });

  test("while a file is not looked for yet, no name is said to be unknown", () => {
    checkFindings(`
kernel 6.12
import "contexts.allocpolicy"
request r like other {
  api     kmalloc
  size    64 B
  flags   BASE
  context rx
}
`);
  });

  test("a cycle is an error on the import that closes it, and names are still found", () => {
    checkFindings(
      `
kernel 6.12
import "contexts.allocpolicy"
//     ^^^^^^^^^^^^^^^^^^^^^^ import-cycle
context two like rx { }
`,
      {
        files: {
          "contexts.allocpolicy": `import "other.allocpolicy"\n${contexts}`,
          "other.allocpolicy": 'import "example.allocpolicy"\n',
        },
      },
    );
  });

  test("a file that imports itself is a cycle", () => {
    checkFindings(`
kernel 6.12
import "example.allocpolicy"
//     ^^^^^^^^^^^^^^^^^^^^^ import-cycle
`);
  });

  test("a cycle that the file is not part of is not its mistake", () => {
    checkFindings('kernel 6.12\nimport "a.allocpolicy"\n', {
      files: { "a.allocpolicy": 'import "b.allocpolicy"\n', "b.allocpolicy": 'import "a.allocpolicy"\n' },
    });
  });

  test("one file imported by two ways declares its names once", () => {
    checkFindings('kernel 6.12\nimport "a.allocpolicy"\nimport "contexts.allocpolicy"\n', {
      files: { "a.allocpolicy": 'import "contexts.allocpolicy"\n', "contexts.allocpolicy": contexts },
    });
  });

  test("a name that an imported file declares too is reported in this file", () => {
    checkFindings(
      `
kernel 6.12
import "contexts.allocpolicy"
context rx { in hardirq }
//      ^^ duplicate-name
`,
      { files: { "contexts.allocpolicy": contexts } },
    );
  });
});

describe("masks", () => {
  test("a misspelt flag is replaced by the nearest one", () => {
    const text = `kernel 6.12\n${request("r", "GFP_KERNAL | __GFP_NOWRAN")}`;
    expect(findingsIn(text).map((finding) => finding.rule)).toEqual(["unknown-flag", "unknown-flag"]);
    expect(fixed(text, "unknown-flag")).toContain("flags GFP_KERNEL | __GFP_NOWRAN");
  });

  test.each([
    ["NOFAIL", "__GFP_NOFAIL"],
    ["KERNEL", "GFP_KERNEL"],
    ["gfp_atomic", "GFP_ATOMIC"],
    ["__GFP_KERNEL", "GFP_KERNEL"],
  ])("for %s the fix is %s", (wrong, right) => {
    expect(fixed(`kernel 6.12\nflags A = ${wrong}\n`, "unknown-flag")).toBe(`kernel 6.12\nflags A = ${right}\n`);
  });

  test("a flag that nobody has is reported wherever a mask can stand", () => {
    const text = `kernel 6.12
policy p for alloc_contig_range {
  allow any __GFP_AAAA
  ignore __GFP_BBBB, __GFP_CCCC
  forbid has __GFP_DDDD
  warn has __GFP_EEEE
  require has __GFP_FFFF when has __GFP_GGGG
  stage isolation honours __GFP_HHHH
  mode m when has __GFP_IIII { drain none }
}
expect p forbids __GFP_JJJJ
expect p allows __GFP_KKKK
transform t(m) = m | __GFP_LLLL
flags A = t(__GFP_MMMM) & ~__GFP_NNNN
request r { api kmalloc  size 64 B  flags __GFP_OOOO }
`;
    const unknown = findingsIn(text).filter(({ rule }) => rule === "unknown-flag");
    expect(unknown.map((finding) => finding.text)).toEqual(text.match(/__GFP_([A-Z])\1{3}/g));
  });

  test("a flag of a later release is reported with that release", () => {
    const [finding] = checkFindings(`
kernel 6.1
flags A = __GFP_SKIP_KASAN
//        ^^^^^^^^^^^^^^^^ unknown-flag
`);
    expect(finding?.message).toContain("before 6.4");
  });

  test("over a range the finding says in which releases it holds", () => {
    const [finding] = checkFindings(`
kernel 6.1 .. 6.6
flags A = __GFP_SKIP_KASAN
//        ^^^^^^^^^^^^^^^^ unknown-flag
`);
    expect(finding?.holds).toEqual({ since: null, until: "6.3" });
    expect(finding?.message).toContain("(until 6.3)");
  });

  test("a removed flag is reported in every kind of declaration, and its fix renames it", () => {
    const text = `
kernel 6.12
flags A = GFP_KERNEL | __GFP_REPEAT
//                     ^^^^^^^^^^^^ removed-flag
transform t(gfp) = gfp & ~__GFP_WAIT
//                        ^^^^^^^^^^ removed-flag
`;
    checkFindings(text);
    expect(fixed(text, "removed-flag")).toContain("flags A = GFP_KERNEL | __GFP_RETRY_MAYFAIL");
  });

  test("a removed flag that comes through an alias is reported at the alias only", () => {
    checkFindings(`
kernel 6.12
flags OLD = GFP_KERNEL | __GFP_REPEAT
//                       ^^^^^^^^^^^^ removed-flag
request r {
  api   kmalloc
  size  64 B
  flags OLD
}
`);
  });

  test("bits that the kernel does not define are reported on the literal", () => {
    checkFindings(`
kernel 6.12
flags A = 0x40000cc0
//        ^^^^^^^^^^ undefined-bits
flags B = 0x100000cc0
//        ^^^^^^^^^^^ undefined-bits
flags C = 0xcc0u | 3264
`);
  });

  test("which bits are defined depends on the build options of the file", () => {
    checkFindings("kernel 6.12\nflags A = 0x8000000\n//        ^^^^^^^^^ undefined-bits\n");
    checkFindings("kernel 6.12\nconfig { KASAN_HW_TAGS on  LOCKDEP on }\nflags A = 0x8000000\n");
  });

  test("a transform needs an argument, and a mask takes none", () => {
    checkFindings(
      `
kernel 6.12
flags A = GFP_KERNEL
transform t(gfp) = gfp | __GFP_ZERO
flags B = t
//        ^ unknown-flag
flags C = A(GFP_KERNEL)
//        ^ unknown-flag
flags D = u(GFP_KERNEL)
//        ^ unknown-flag
flags E = t(A)
`,
      { settings: {} },
    );
  });

  test("the parameter of a transform is known in its body only", () => {
    checkFindings(`
kernel 6.12
transform t(gfp) = gfp & GFP_KERNEL
flags A = gfp
//        ^^^ unknown-flag
`);
  });

  test("the built-in groups are masks", () => {
    checkFindings(
      "kernel 6.12\nflags A = ZONE_MODIFIERS | MOBILITY | WATERMARK | RECLAIM_MODIFIERS | ACTION_MODIFIERS\n",
    );
  });
});

describe("names", () => {
  test("a cycle of aliases is reported in each of its members, on the name that closes it", () => {
    checkFindings(`
kernel 6.12
flags A = B | GFP_KERNEL
//        ^ name-cycle
flags B = __GFP_ZERO | A
//                     ^ name-cycle
flags C = A | B
`);
  });

  test("an alias, a transform, a context, a request and a policy may not be defined by themselves", () => {
    checkFindings(`
kernel 6.12
flags A = A
//        ^ name-cycle
transform t(gfp) = t(gfp)
//                 ^ name-cycle
context c like c { }
//             ^ name-cycle
context d { in d }
//             ^ name-cycle
request r like r {
//             ^ name-cycle
  api   kmalloc
  size  64 B
  flags GFP_KERNEL
}
policy p like p { forbid has __GFP_NOFAIL }
//            ^ name-cycle
`);
  });

  test("the later of two declarations is the duplicate", () => {
    const [finding] = checkFindings(`
kernel 6.12
flags A = GFP_KERNEL
flags A = GFP_NOFS
//    ^ duplicate-name
`);
    expect(finding?.related.map((related) => related.region)).toEqual([1]);
  });

  test("a context and a request may share a name, a request and a policy may not", () => {
    checkFindings(`
kernel 6.12
context rx { in softirq }
${request("rx", "GFP_NOWAIT")}
policy rx { forbid has __GFP_NOFAIL }
//     ^^ duplicate-name
`);
  });

  test("names of the kernel and built-in contexts are taken", () => {
    checkFindings(`
kernel 6.12
flags GFP_KERNEL = 0
//    ^^^^^^^^^^ duplicate-name
context softirq { in hardirq }
//      ^^^^^^^ duplicate-name
`);
  });

  test("unknown contexts, locks and scopes are reported with what was meant", () => {
    checkFindings(`
kernel 6.12
context a { in sofirq  holds spinlok "l"  scope nofs, nio }
//             ^^^^^^ unknown-context
//                           ^^^^^^^ unknown-name
//                                                    ^^^ unknown-name
context b like c { }
//             ^ unknown-context
`);
  });

  test("what a mode promises comes from a closed list, names and values", () => {
    checkFindings(`
kernel 6.12
policy p {
  mode m otherwise { fails oftn, drain lrru, bla 3, sleeps nevr, retries many, node 0, zeroed 1 }
//                         ^^^^ unknown-name
//                                     ^^^^ unknown-name
//                                           ^^^ unknown-name
//                                                         ^^^^ unknown-name
//                                                                       ^^^^ unknown-name
//                                                                                            ^ unknown-name
}
policy joined {
  mode m otherwise { oom may | never }
//                             ^^^^^ unknown-name
}
policy good {
  mode m otherwise { fails often, drain lru | pcp, sleeps never, retries 3, node any, pcp drained, warns rarely }
}
`);
  });

  test("a task that is in an interrupt is a contradiction, one under a lock is none", () => {
    checkFindings(`
kernel 6.12
context either { in process in softirq }
//                             ^^^^^^^ context-contradiction
context other { in timer  in process }
//                           ^^^^^^^ context-contradiction
context locked { in process  in bh_off  holds spinlock }
`);
  });

  test("a name of the wrong kind is said to be one", () => {
    const [finding] = checkFindings(`
kernel 6.12
policy p { forbid has __GFP_NOFAIL }
request r like p {
//             ^ unknown-name
  api   kmalloc
  size  64 B
  flags GFP_KERNEL
}
`);
    expect(finding?.message).toContain("p is a policy");
  });

  test("expectations need something that is declared", () => {
    checkFindings(`
kernel 6.12
${request("r", "GFP_KERNEL")}
expect q { sleeps may }
//     ^ unknown-name
expect r on nothing { fails }
//          ^^^^^^^ unknown-name
`);
  });
});

describe("what an expectation speaks of", () => {
  test("is a request for facts, a policy for `forbids`, `allows` and `within`, a transform for `gives`", () => {
    const findings = checkFindings(`
kernel 6.12
policy p { forbid has __GFP_NOFAIL }
transform t(gfp) = gfp & GFP_KERNEL
request r {
  api   kmalloc
  size  64 B
  flags GFP_KERNEL
}
expect p { sleeps may }
//     ^ unknown-name
expect t forbids GFP_KERNEL
//     ^ unknown-name
expect r within p
//     ^ unknown-name
expect p gives has __GFP_IO
//     ^ unknown-name
expect r { sleeps may }
expect p allows GFP_KERNEL
expect t gives only GFP_KERNEL
`);
    expect(findings.map(({ message }) => message)).toContain("r is a request, and a policy is needed here.");
  });
});

describe("damage", () => {
  test("one wrong character gives one finding, and names that the damage may hide are not missed", () => {
    checkFindings(`
kernel 6.12
context rx# { in softirq }
//        ^ syntax
request r {
  api     kmalloc
  size    64 B
  flags   GFP_NOWAIT
  context rx
}
`);
  });

  test("a damaged request is not judged, and others that lean on it are", () => {
    checkFindings(`
kernel 6.12
request base {
  api   kmalloc
  size  64 B
  flags GFP_KERNEL ^ __GFP_ZERO
  //               ^ syntax
}
request other like base { flags GFP_KERNEL }
`);
  });
});
