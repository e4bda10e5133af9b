import { describe, expect, test } from "vitest";
import { assemble } from "../../recordings/record/assemble.ts";
import { consoleFacts } from "../../recordings/record/console.ts";
import { CALL } from "./_fixture.ts";

describe("the console lines of a row are read", () => {
  test.each([
    ["WARN of 6.12", "WARNING: CPU: 0 PID: 1 at mm/a.c:12 f+0x1/0x2", { warn: ["mm/a.c:12 f"] }],
    ["WARN of 7.3", "WARNING: mm/a.c:12 at f+0x1/0x2, CPU#0: init/1", { warn: ["mm/a.c:12 f"] }],
    ["BUG", "kernel BUG at include/linux/gfp.h:143!", { bug: ["include/linux/gfp.h:143"] }],
    ["sleeping", "BUG: sleeping function called from invalid context at mm/a.c:9", { sleep: ["mm/a.c:9"] }],
    ["scheduling", "BUG: scheduling while atomic: init/1/0x2", { sched_atomic: 1 }],
    ["a page failure", "init: page allocation failure: order:0, mode:0x1", { failmsg: "page" }],
    ["a vmalloc failure", "init: vmalloc error: size 4096", { failmsg: "vmalloc" }],
    ["a vmalloc failure of 5.10", "init: vmalloc: allocation failure: 4096 bytes", { failmsg: "vmalloc" }],
    [
      "slab's complaint",
      "gfp: Unexpected gfp: 0x2 (x). Fixing up",
      { fixup: "gfp: Unexpected gfp: 0x2 (x). Fixing up" },
    ],
    ["a kill", "Out of memory: Killed process 7 (init)", { killed: 1 }],
    ["nothing", "Mem-Info:", {}],
  ])("%s", (_, line, facts) => {
    expect(consoleFacts({ log: [line] })).toEqual(facts);
  });

  test("in their order, and several of a sort", () => {
    const log = ["WARNING: CPU: 0 PID: 1 at b.c:2 g+0x1", "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1"];
    expect(consoleFacts({ log }).warn).toEqual(["b.c:2 g", "a.c:1 f"]);
  });

  test("and vmalloc's warning in slab's words is not slab's", () => {
    const log = ["Unexpected gfp: 0x2", "WARNING: mm/vmalloc.c:3900 at f+0x1, CPU#0: init/1"];
    expect(consoleFacts({ log })).toEqual({ warn: ["mm/vmalloc.c:3900 f"] });
  });
});

describe("a recording is put together", () => {
  test("in the order of its parts; each row knows its part", () => {
    const rows = assemble([
      {
        part: "const",
        rows: [
          { kind: "probe", key: "gpff" },
          { kind: "const", name: "A" },
        ],
        again: null,
      },
      { part: "p3", rows: [{ kind: "probe", key: "gpff" }, { kind: "zone", nid: 0 }, CALL], again: null },
    ]);
    expect(rows).toEqual([
      { kind: "probe", key: "gpff", part: "const" },
      { kind: "const", name: "A", part: "const" },
      { kind: "zone", nid: 0, boot: "p3", part: "p3" },
      { ...CALL, part: "p3" },
    ]);
  });

  test("without the parts that the kernel does not have", () => {
    const machine = [
      { kind: "probe", key: "gpff" },
      { kind: "zone", nid: 0 },
      { kind: "zone_contig", nid: 0 },
    ];
    expect(assemble([{ part: "p2v", rows: machine, again: null }])).toEqual([]);
    expect(assemble([{ part: "p3", rows: [...machine, CALL], again: null }])).toHaveLength(3);
  });

  test("with the zones that a part prints once, whatever its boots", () => {
    const zone = { kind: "zone_contig", nid: 0, zone: 2, free: 1 };
    const rows = [zone, { ...zone, free: 2 }, CALL];
    expect(assemble([{ part: "p4", rows, again: null }])).toEqual([
      { ...zone, part: "p4" },
      { ...CALL, part: "p4" },
    ]);
  });

  test("and marks what did not repeat", () => {
    const other = { ...CALL, out: "ok", nid: 1, zone: 2, ev: { ...{ gpff: 3, slow: 1, wake: 5 } } };
    const [row] = assemble([{ part: "p3", rows: [CALL], again: [other] }]);
    expect(row?.unstable).toEqual(["out", "nid", "zone", "ev.wake", "ev.warn_alloc"]);
    const [same] = assemble([{ part: "p3", rows: [CALL], again: [{ ...CALL, ms: 7 }] }]);
    expect(same).not.toHaveProperty("unstable");
  });
});
