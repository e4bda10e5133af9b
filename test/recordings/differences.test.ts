import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { Row } from "../../conformance/row.ts";
import { compareRecordings } from "../../recordings/differences/compare.ts";
import { diffCommand } from "../../recordings/differences/command.ts";
import { CALL, lines } from "./_fixture.ts";

const constant = (name: string, dec: number): Row => ({ kind: "const", name, hex: `0x${dec.toString(16)}`, dec });
const NAMES: readonly Row[] = [
  constant("__GFP_HIGH", 0x20),
  constant("__GFP_KSWAPD_RECLAIM", 0x800),
  constant("__GFP_NOWARN", 0x2000),
  constant("ALLOC_NON_BLOCK", 0x10),
  constant("ALLOC_CPUSET", 0x40),
  constant("ALLOC_NOFRAGMENT", 0x100),
  constant("ALLOC_KSWAPD", 0x800),
];

const OK: Row = { ...CALL, out: "ok", nid: 0, zone: 2, ev: { gpff: 1 }, attempts: [["0x2800", 0, "0x901", 2, 0, 1]] };
const tries = (...attempts: readonly unknown[]): Row => ({ ...CALL, attempts });
const FIRST = ["0x2800", 0, "0x901", 2, 0, 1];
const SECOND = ["0x2800", 0, "0x850", 2, 0, 2];

/** What changed between two rows of the same call, as `aspect: change`. */
function changes(before: Row, after: Row, names: readonly Row[] = NAMES): readonly string[] {
  const { groups } = compareRecordings([...names, before], [...names, after]);
  return groups.map(({ aspect, change }) => `${aspect}: ${change}`);
}

describe("a call that came to something else", () => {
  test("is told by what its caller sees, then by what the allocator did", () => {
    expect(changes(CALL, OK)).toEqual([
      "result: NULL -> ok",
      "wakes kswapd: yes -> no",
      "tries on the free lists: no more the last try: order 0 with ALLOC_WMARK_MIN|ALLOC_NON_BLOCK|ALLOC_CPUSET|ALLOC_KSWAPD",
    ]);
  });

  test.each<[string, Row, Row]>([
    ["result: NULL -> the kernel dies", CALL, { ...CALL, out: "died", ev: {}, attempts: [] }],
    ["result: NULL -> does not end", CALL, { ...CALL, loop: "spins" }],
    ["node and zone: node 0 Normal -> node 1 Normal", OK, { ...OK, nid: 1 }],
    ["page from the reserves: no -> yes", OK, { ...OK, pfm: 1 }],
    ["error: -EBUSY -> -EINTR", { ...CALL, err: -16 }, { ...CALL, err: -4 }],
    ["pages of a bulk call: 20 -> 1", { ...OK, got: 20 }, { ...OK, got: 1 }],
    ["failure report: none -> page", CALL, { ...CALL, failmsg: "page" }],
    ["sleeps where it must not: no -> yes", CALL, { ...CALL, sleep: ["mm/a.c:1"] }],
    ["calls the OOM killer: no -> yes", CALL, { ...CALL, ev: { ...{ gpff: 3, slow: 1, wake: 4 }, oom: 1 } }],
    ["slab complains about the mask: no -> yes", CALL, { ...CALL, fixup: "Unexpected gfp" }],
    ["charged to the memory cgroup: no -> yes", OK, { ...OK, kmem: 1 }],
    ["range loses memory: no -> yes", OK, { ...OK, lost_pages: 512 }],
    [
      "mask that shrinkers are called with: -__GFP_HIGH",
      { ...OK, shrinker: [1, "0x820"] },
      { ...OK, shrinker: [9, "0x800"] },
    ],
  ])("%s", (told, before, after) => {
    expect(changes(before, after)).toEqual([told]);
  });

  test.each([
    ["try 1: +__GFP_HIGH", tries(["0x2820", 0, "0x901", 2, 0, 1], SECOND)],
    ["try 1: order 0 -> 3", tries(["0x2800", 3, "0x901", 2, 0, 1], SECOND)],
    ["try 1: -ALLOC_NOFRAGMENT", tries(["0x2800", 0, "0x801", 2, 0, 1], SECOND)],
    ["try 1: +ALLOC_WMARK_MIN -ALLOC_WMARK_LOW", tries(["0x2800", 0, "0x900", 2, 0, 1], SECOND)],
    ["try 1: highest zone Normal -> DMA", tries(["0x2800", 0, "0x901", 0, 0, 1], SECOND)],
    ["try 1: unmovable -> movable", tries(["0x2800", 0, "0x901", 2, 1, 1], SECOND)],
    ["try 2: made more often", tries(FIRST, ["0x2800", 0, "0x850", 2, 0, 3])],
    ["one more try before: order 1 with ALLOC_WMARK_MIN", tries(["0x0", 1, "0x0", 2, 0, 1], FIRST, SECOND)],
    ["one more try at the end: order 1 with ALLOC_WMARK_MIN", tries(FIRST, SECOND, ["0x0", 1, "0x0", 2, 0, 1])],
    ["no more the try: order 0 with ALLOC_WMARK_LOW|ALLOC_NOFRAGMENT|ALLOC_KSWAPD", tries(SECOND)],
  ])("tries on the free lists: %s", (told, after) => {
    expect(changes(CALL, after)).toEqual([`tries on the free lists: ${told}`]);
  });

  test("without constants in the recording is told in numbers", () => {
    expect(changes(CALL, tries(["0x2820", 0, "0x901", 2, 0, 1], SECOND), [])).toEqual([
      "tries on the free lists: try 1: +0x20",
    ]);
  });
});

describe("no difference is", () => {
  test("a line that a patch moved: warnings are known by their function", () => {
    const at = (...sites: readonly string[]): Row => ({ ...CALL, warn: sites });
    expect(changes(at("mm/a.c:10 f"), at("mm/a.c:17 f"))).toEqual([]);
    expect(changes(at("mm/a.c:10 f"), at("mm/a.c:17 f_noprof"))).toEqual([]);
    expect(changes(at("mm/a.c:10 f"), at("mm/a.c:10 g"))).toEqual(["warning: f() in mm/a.c -> g() in mm/a.c"]);
    expect(changes(at("mm/a.c:10 f", "mm/a.c:20 f"), at("mm/a.c:15 f", "mm/a.c:25 f"))).toEqual([]);
    expect(changes(at("mm/a.c:10 f", "mm/a.c:20 f"), at("mm/a.c:25 f", "mm/a.c:15 f"))).toEqual([
      "warning: f() in mm/a.c (1 of 2), f() in mm/a.c (2 of 2) -> f() in mm/a.c (2 of 2), f() in mm/a.c (1 of 2)",
    ]);
  });

  test("a bit that moved, or a flag that one kernel does not have", () => {
    const moved = [
      ...NAMES.filter(({ name }) => name !== "__GFP_NOWARN"),
      constant("__GFP_NOWARN", 0x1000),
      constant("__GFP_NEW", 0x2000),
    ];
    const after = tries(["0x3800", 0, "0x901", 2, 0, 1], ["0x1800", 0, "0x850", 2, 0, 2]);
    const found = compareRecordings([...NAMES, CALL], [...moved, { ...after, g: "0x1800" }]);
    expect(found.groups.map(({ aspect }) => aspect)).toEqual(["value of __GFP_NOWARN"]);
    expect(found.ownFlags).toEqual([[], ["__GFP_NEW"]]);
  });

  test("how long a loop went on, and what came of it when the recorder ended it", () => {
    expect(changes({ ...CALL, loop: "spins" }, { ...OK, loop: "time" })).toEqual([]);
  });

  test("a level that follows a watermark", () => {
    const depth = (min: number, wake: number): Row => ({
      ...CALL,
      kind: "depth",
      start_free: 900,
      min,
      got: min,
      free_at_kswapd_wake: wake,
    });
    expect(changes(depth(600, 750), depth(610, 762))).toEqual([]);
    expect(changes(depth(600, 750), depth(600, 700))).toEqual(["a stream of calls wakes kswapd: later"]);
    expect(changes(depth(600, 750), depth(600, -1))).toEqual(["a stream of calls wakes kswapd: no more does"]);
  });
});

describe("what cannot be compared", () => {
  test("is a row of one recording only", () => {
    const found = compareRecordings(
      [CALL, { ...CALL, order: 1 }],
      [CALL, { ...CALL, ctx: "nofs" }, { ...CALL, ctx: "noio" }],
    );
    expect(found).toMatchObject({ compared: 1, changedRows: 0, only: [{ pressure: 1 }, { pressure: 2 }] });
  });

  test("is what did not repeat, and what only one kernel was watched for", () => {
    const unstable = compareRecordings([{ ...CALL, unstable: ["ev.wake"] }], [{ ...CALL, ev: { gpff: 3 } }]);
    expect(unstable).toMatchObject({ changedRows: 0, leftOut: 1 });
    const probe = (ok: number): Row => ({ kind: "probe", key: "wake", ok });
    const unwatched = compareRecordings([probe(1), CALL], [probe(0), { ...CALL, ev: { gpff: 3 } }]);
    expect(unwatched).toMatchObject({ changedRows: 0, leftOut: 1, unwatched: ["ev.wake"] });
  });

  test("is whether an object lay ready in a slab cache, and on which node", () => {
    const ready: Row = { ...OK, api: "kmalloc", size: 64, slab: 1, ev: {}, attempts: [] };
    const made: Row = { ...OK, api: "kmalloc", size: 64, slab: 1, ev: { gpff: 1, newslab: 1 } };
    expect(compareRecordings([ready], [made])).toMatchObject({ changedRows: 0, leftOut: 1 });
    expect(compareRecordings([ready], [{ ...ready, nid: 1 }])).toMatchObject({ changedRows: 0, leftOut: 1 });
    expect(compareRecordings([made], [{ ...made, nid: 1 }])).toMatchObject({ changedRows: 1 });
    expect(changes(ready, { ...made, out: "NULL" }).slice(0, 1)).toEqual(["result: ok -> NULL"]);
  });

  test("is whether an area of vmalloc had its page tables", () => {
    const names = [...NAMES, constant("__GFP_ZERO", 0x100), constant("__GFP_HIGHMEM", 0x2)];
    const page = ["0x2c42", 0, "0x901", 2, 0, 1];
    const vmalloc = (...attempts: readonly unknown[]): Row => ({ ...OK, api: "__vmalloc", vm: 1, attempts });
    expect(changes(vmalloc(page), vmalloc(["0x40dc0", 0, "0x901", 2, 0, 2], page), names)).toEqual([]);
    expect(changes(vmalloc(page), vmalloc(["0x142", 0, "0x901", 2, 0, 1], page), names)).toHaveLength(1);
  });

  test("is a kind that does not repeat: it stands apart", () => {
    const found = compareRecordings([{ ...CALL, kind: "realoom" }], [{ ...OK, kind: "realoom" }]);
    expect(found).toMatchObject({ changedRows: 0, groups: [], uncertainRows: 1 });
    expect(found.uncertain.map(({ aspect }) => aspect)).toContain("result");
  });

  test("is a machine of another size, which is told", () => {
    const zone = { kind: "zone", part: "p3", nid: 0, name: "Normal", managed: 100, min: 10 };
    expect(compareRecordings([zone], [{ ...zone, managed: 99 }]).zones).toEqual([
      { part: "p3", zone: "node 0 Normal", managed: [100, 99], min: [10, 10] },
    ]);
  });
});

test("a function of masks is compared by name, argument by argument", () => {
  const fn = {
    kind: "fn",
    g: "0x2800",
    n: "GFP_NOWAIT",
    zone: 2,
    af0: 0x850,
    nofs: "0x2800",
    prep: [1, "0x2800", 0x901, 2, 0],
  };
  expect(changes(fn, { ...fn, zone: 1, af0: 0x840, nofs: "0x2820", prep: [1, "0x2800", 0x801, 2, 0] })).toEqual([
    "gfp_zone(): 2 -> 1",
    "gfp_to_alloc_flags(), order 0: -ALLOC_NON_BLOCK",
    "current_gfp_context(), nofs: +__GFP_HIGH",
    "alloc_flags of the fast path: -ALLOC_NOFRAGMENT",
  ]);
  const { nested: _, ...without } = { ...fn, nested: "0x0" };
  expect(compareRecordings([without], [{ ...fn, nested: "0x0" }])).toMatchObject({
    changedRows: 0,
    unanswered: ["gfp_nested_mask()"],
  });
});

test("a group shows its smallest mask first, the flags that its masks have in common, and how many rows did not change", () => {
  const row = (g: number, out: string, ctx = "process"): Row => ({
    ...CALL,
    g: `0x${g.toString(16)}`,
    n: `${g}`,
    ctx,
    out,
    ev: {},
    attempts: [],
  });
  const masks = [0x2820, 0x820, 0x20, 0x800];
  const before = [...NAMES, ...masks.map((g) => row(g, "NULL")), row(0x20, "NULL", "nofs")];
  const after = [...NAMES, ...masks.map((g) => row(g, g & 0x20 ? "ok" : "NULL")), row(0x20, "NULL", "nofs")];
  const [group] = compareRecordings(before, after).groups;
  expect(group).toMatchObject({
    rows: 3,
    of: 4,
    masks: 3,
    commonFlags: ["__GFP_HIGH"],
    apis: { alloc_pages: 3 },
    contexts: { process: 3 },
  });
  expect(group?.examples.map(({ g }) => g)).toEqual(["0x20", "0x820", "0x2820"]);
  const back = compareRecordings(
    [...NAMES, row(0x800, "NULL"), row(0x20, "NULL")],
    [...NAMES, row(0x800, "ok"), row(0x20, "NULL")],
  );
  expect(back.groups[0]).toMatchObject({ commonFlags: ["__GFP_KSWAPD_RECLAIM"], absentFlags: ["__GFP_HIGH"] });
});

describe("npm run recordings:diff", () => {
  const folder = mkdtempSync(join(tmpdir(), "diff-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, ...rows: readonly Row[]): string => {
    const text = lines({ kind: "version", release: "6.12.117" }, ...rows);
    writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);
    return name;
  };
  const run = (...words: readonly string[]): { readonly code: 0 | 1; readonly out: string } => {
    const printed: string[] = [];
    const code = diffCommand(words, folder, (text) => void printed.push(text));
    return { code, out: printed.join("\n") };
  };
  const a = write("a.jsonl.gz", ...NAMES, CALL);
  const b = write("b.jsonl", ...NAMES, OK);

  test("ends with 0 when nothing changed, gzipped or not", () => {
    const { code, out } = run(a, write("c.jsonl", ...NAMES, { ...CALL, ms: 3 }));
    expect(code).toBe(0);
    expect(out).toContain("8 rows compared: none behaves differently.");
  });

  test("ends with 1 when something did, and says what", () => {
    const { code, out } = run(a, b);
    expect(code).toBe(1);
    expect(out).toContain("A  a.jsonl.gz  Linux 6.12.117, 9 rows");
    expect(out).toMatch(/^result: NULL -> ok$/m);
    expect(out).toMatch(/^ {4}smallest {3}#1 alloc_pages GFP_NOWAIT process zero order 0$/m);
    expect(out).toContain("8 rows compared: 1 behave differently in B.");
  });

  test("gives the same as JSON", () => {
    const { code, out } = run(a, b, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: [a, b],
      compared: 8,
      changedRows: 1,
      groups: [{ aspect: "result", rows: 1 }, {}, {}],
    });
  });

  test("looks at one kind when asked", () => {
    expect(run(a, b, "--kind", "pressure").code).toBe(1);
    expect(() => run(a, b, "--kind", "depth")).toThrow('Neither has rows of the kind "depth".');
  });

  test("shows the commonest ways, and all when asked", () => {
    const many = (out: (order: number) => Row): readonly Row[] =>
      Array.from({ length: 9 }, (_, order) => ({ ...out(order), order }));
    const before = write("many-a.jsonl", ...many(() => ({ ...OK, got: 20 })));
    const after = write("many-b.jsonl", ...many((order) => ({ ...OK, got: order })));
    expect(run(before, after).out).toContain("pages of a bulk call: 4 more ways, in 4 rows; --all shows them");
    expect(run(before, after, "--all").out.match(/^pages of a bulk call: 20 -> \d$/gm)).toHaveLength(9);
  });

  test("refuses a wrong call and a file that is no recording", () => {
    expect(() => run(a)).toThrow("Give two recordings");
    expect(() => run(a, b, "--colour")).toThrow("There is no option --colour");
    expect(() => run(a, b, "--show", "x")).toThrow('--show takes a count, not "x"');
    expect(() => run(a, "nowhere.jsonl")).toThrow("nowhere.jsonl is no recording");
    writeFileSync(join(folder, "bad.jsonl"), "[1]\n");
    expect(() => run(a, "bad.jsonl")).toThrow("bad.jsonl is no recording: Line 1 is no JSON object.");
  });
});
