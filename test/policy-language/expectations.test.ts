import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn, fixed } from "./_fixture.ts";

const REQUEST = "request r {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n}\n";

describe("facts of a request", () => {
  test("a false fact is marked, with what the kernel does and why", () => {
    const [finding] = checkFindings(`
kernel 6.12
${REQUEST}
expect r { sleeps never, oom may, reserves none, zone Normal, reclaim direct }
//         ^^^^^^^^^^^^ expectation-fails
`);
    expect(finding?.message).toContain("`sleeps may`");
    expect(finding?.source).toBe("expectation");
  });

  test("a request states its own beliefs, and they are not inherited", () => {
    checkFindings(
      `
kernel 6.12
request r {
  api    alloc_pages
  order  0
  flags  GFP_ATOMIC
  expect { sleeps never, reserves all }
  //                     ^^^^^^^^^^^^ expectation-fails
}
request s like r { flags GFP_KERNEL }
`,
      { ignore: ["atomic-when-sleepable"] },
    );
  });

  test("a fact that holds in some kernels only is reported with those", () => {
    const [finding] = findingsIn(
      `kernel 6.1 .. 6.12\nrequest r {\n  api   alloc_pages\n  order 0\n  flags GFP_NOWAIT\n}\nexpect r { warns never }\n`,
    ).filter(({ rule }) => rule === "expectation-fails");
    expect(finding?.holds?.since).toBe(null);
    expect(finding?.holds?.until).not.toBe(null);
  });

  test("unknown facts and values are reported with what was meant", () => {
    const text = `kernel 6.12\n${REQUEST}expect r { sleep may }\n`;
    expect(fixed(text, "expectation-unknown-fact")).toContain("expect r { sleeps may }");
    checkFindings(`
kernel 6.12
${REQUEST}
expect r { sleep may, oom nevr, reclaim, zone Normla, succeeds, retries 3 }
//         ^^^^^ expectation-unknown-fact
//                        ^^^^ expectation-unknown-fact
//                              ^^^^^^^ expectation-unknown-fact
//                                            ^^^^^^ expectation-unknown-fact
//                                                    ^^^^^^^^ expectation-unknown-fact
//                                                              ^^^^^^^ expectation-unknown-fact
`);
  });

  test("nothing is claimed of a request that is damaged or has an unknown flag", () => {
    checkFindings(`
kernel 6.12
request damaged {
  api   alloc_pages
  order 0
  flags GFP_KERNEL ^ __GFP_ZERO
  //               ^ syntax
}
request unknown {
  api   alloc_pages
  order 0
  flags GFP_KERNAL
  //    ^^^^^^^^^^ unknown-flag
}
expect damaged { sleeps never }
expect unknown { sleeps never }
`);
  });
});

describe("states of memory", () => {
  const zone = (facts: string): string =>
    `kernel 6.12\nmemory m {\n  node 0 {\n    zone Normal {\n${facts}\n    }\n  }\n}\n`;

  test("facts that contradict each other are marked", () => {
    checkFindings(
      zone(`      managed    4 MiB
      free       order 0: 2000
//    ^^^^^^^^^^^^^^^^^^^^^^^^ memory-impossible
      watermarks min 45 MiB, low 3 pages, high 4 pages
//               ^^^^^^^^^^ memory-impossible`),
    );
    checkFindings(
      zone(`      managed     4 MiB
      free        order 0: 1000
      pinned      100 pages
//                ^^^^^^^^^ memory-impossible
      cma         1001 pages
//                ^^^^^^^^^^ memory-impossible`),
    );
  });

  test("orders, zones, watermarks and facts must exist and stand once", () => {
    checkFindings(`
kernel 6.12
memory m {
  node 0 {
    zone Norml {
    //   ^^^^^ unknown-name
      free order 11: 1, order 0: 1, order 0: 2
      //         ^^ memory-impossible
      //                                  ^ duplicate-property
      watermarks minn 1 pages
      //         ^^^^ unknown-name
      managed 1 GiB
      managed 2 GiB
//    ^^^^^^^ duplicate-property
    }
    zone DMA { }
    zone DMA { }
    //   ^^^ memory-impossible
  }
  node 0 { }
  //   ^ memory-impossible
  node 1023 { }
  node 1024 { }
  //   ^^^^ memory-impossible
}
`);
  });

  test("amounts that no machine has are said in words", () => {
    const [finding] = checkFindings(
      zone(`      managed    4 MiB
      free       order 0: 1${"0".repeat(310)}
//    ^^^^^^^^^^^^^^^^^^^^^${"^".repeat(310)} memory-impossible`),
    );
    expect(finding?.message).toBe("10^15 pages and more are free, and the zone manages only 1024 pages.");
  });

  test("a state that is read from a log is not looked at", () => {
    checkFindings('kernel 6.12\nmemory m from "no-such.log"\n');
  });

  test("a request is run on a state that is written out", () => {
    const memory =
      "memory plenty {\n  node 0 {\n    zone Normal {\n      managed 1 GiB\n      free    order 0: 60000, order 10: 100\n      watermarks min 10 MiB, low 12 MiB, high 14 MiB\n    }\n  }\n}\n";
    const [finding] = checkFindings(`
kernel 6.12
${REQUEST}
${memory}
expect r on plenty { succeeds, oom never, node 0, retries 0 }
expect r on plenty { fails }
//                   ^^^^^ expectation-fails
`);
    expect(finding?.message).toContain("succeeds");
  });

  test("no run on a state that cannot be", () => {
    checkFindings(`${zone(`      managed    4 MiB
      free       order 0: 2000
//    ^^^^^^^^^^^^^^^^^^^^^^^^ memory-impossible`)}
${REQUEST}
expect r on m { fails }
`);
  });
});

test("of a request with a part that is not known nothing is said to fail", () => {
  checkFindings(`
kernel 6.12
memory m { node 0 { zone Normal { managed 4 GiB  free order 0: 1000, order 10: 200 } } }
request lost   { api alloc_pages  order 2  flags GFP_KERNEL  context nowhere }
//                                                                   ^^^^^^^ unknown-context
request wrong  { api alloc_pages  order 2  flags GFP_KERNAL }
//                                               ^^^^^^^^^^ unknown-flag
request silent { api alloc_pages  order 2 }
//      ^^^^^^ missing-property
expect lost   { sleeps never }
expect lost   on m { fails }
expect wrong  { sleeps never }
expect wrong  on m { fails }
expect silent { sleeps may }
expect silent on m { fails }
`);
});

describe("a bulk call on a state of memory", () => {
  const BULK = (count: number, fact: string): string => `kernel 6.14
memory scarce { node 0 { zone Normal { managed 4 GiB  free order 0: 11600  watermarks min 45 MiB, low 45 MiB, high 45 MiB  reclaimable 0 B } } }
request many { api alloc_pages_bulk  count ${count}  flags GFP_KERNEL  handles null }
expect many on scarce { ${fact} }
`;
  test("succeeds only where it hands out all, and says how many where it does not", () => {
    expect(findingsIn(BULK(16, "succeeds")).map(({ rule }) => rule)).toEqual([]);
    const [finding] = findingsIn(BULK(512, "succeeds"));
    expect(finding?.rule).toBe("expectation-fails");
    expect(finding?.message).toMatch(/hands out \d+ of 512/);
  });
});

describe("how often a range can be had", () => {
  const RANGE = `kernel 6.12
policy ranges for alloc_contig_range {
  mode hard   when has __GFP_RETRY_MAYFAIL { drain lru | pcp, pcp disabled, retries 100 }
  mode normal otherwise                    { drain lru | pcp, retries 5 }
}
request unplug { api alloc_contig_range  size 4 MiB  flags GFP_KERNEL }
memory host { node 0 { zone Movable { managed 4 GiB  free order 10: 900  range { pinned mapping 2 pages for about 5 tries } } } }
`;
  const found = (expectation: string): readonly string[] =>
    findingsIn(`${RANGE}${expectation}\n`)
      .filter(({ severity }) => severity === "error")
      .map(({ text, rule, message }) => `${text}: ${rule}: ${message}`);

  test("is decided by runs of the kernel, or of a mode", () => {
    expect(found("expect unplug on host { succeeds in 30 % }")).toEqual([]);
    expect(found("expect unplug on host as hard { succeeds in 99 % }")).toEqual([]);
    const [finding, ...more] = found("expect unplug on host { succeeds in 90 % }");
    expect(more).toEqual([]);
    expect(finding).toMatch(
      /^succeeds in 90 %: expectation-fails: On host it succeeds in \d\d\.\d % \(200 runs, .* because a page is pinned for a while\. All of it passes by itself: after \d+ tries/,
    );
  });

  test("is asked of successes, up to 100 %, and with a state to run on", () => {
    expect(found("expect unplug on host { fails in 3 % }")[0]).toContain("expectation-unknown-fact");
    expect(found("expect unplug on host { succeeds in 101 % }")[0]).toMatch(/^101: expectation-unknown-fact/);
    expect(found("expect unplug { succeeds in 50 % }")[0]).toContain("write `on MEMORY`");
    expect(found("expect unplug as hard { succeeds in 50 % }")[0]).toMatch(/^hard: expectation-unknown-fact/);
    expect(found("expect unplug on host as hard { fails }")[0]).toContain("of a mode it is asked how often".slice(1));
    expect(found("expect unplug on host as harder { succeeds in 1 % }")[0]).toContain(
      "no policy of unplug has a mode harder",
    );
  });

  test("is not what a kernel can say of a mask that it refuses", () => {
    const refused = findingsIn(
      `${RANGE.replace("kernel 6.12", "kernel 6.14").replace("flags GFP_KERNEL", "flags GFP_KERNEL | __GFP_NORETRY")}expect unplug on host { succeeds in 1 % }\n`,
    ).find(({ rule }) => rule === "expectation-fails");
    expect(refused?.message).toContain("the kernel refuses the mask");
  });
});
