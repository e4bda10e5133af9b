import { describe, expect, test } from "vitest";
import type { BootLog } from "../../recordings/record/boot-log.ts";
import { lastWords, readBootLog } from "../../recordings/record/boot-log.ts";
import { Problem } from "../../recordings/record/problem.ts";
import { recordPart } from "../../recordings/record/record-part.ts";
import { begin, CALL, lines } from "./_fixture.ts";

const END = { end: "p3" };
const row = (id: number): typeof CALL => ({ ...CALL, id });
const log = (rows: string, console = "", end: BootLog["end"] = "exited"): BootLog => ({ rows, console, end });

/** Boots that were recorded, one after the other; which row each was asked to begin with. */
function replay(...logs: readonly BootLog[]): { boot: (start: number) => Promise<BootLog>; starts: number[] } {
  const starts: number[] = [];
  const boot = async (start: number): Promise<BootLog> => {
    starts.push(start);
    return logs[starts.length - 1] ?? log("");
  };
  return { boot, starts };
}

describe("a part is recorded", () => {
  test("in one boot when nothing dies, and each row gets its version", async () => {
    const { boot, starts } = replay(
      log(lines({ kind: "zone", nid: 0 }, begin(row(1)), row(1), begin(row(2)), row(2), END)),
    );
    const { rows, boots } = await recordPart("p3", "6.12", boot);
    expect(rows).toEqual([
      { kind: "zone", nid: 0, v: "6.12" },
      { ...row(1), v: "6.12" },
      { ...row(2), v: "6.12" },
    ]);
    expect([boots, starts]).toEqual([1, [1]]);
  });

  test("behind a row that killed the kernel, which says so with the kernel's last words", async () => {
    const { boot, starts } = replay(
      log(
        lines({ kind: "zone", nid: 0 }, begin(row(1)), row(1), begin(row(2))),
        "@@ROW 1\n[    1.0] WARNING: of row 1\n@@ROW 2\n[    1.234567] kernel BUG at mm/x.c:5!\nother\n[    1.3] kernel BUG at mm/x.c:5!\n",
      ),
      log(lines({ kind: "zone", nid: 0 }, begin(row(3)), row(3), END)),
    );
    const { rows } = await recordPart("p3", "6.12", boot);
    const { ev: _, attempts: __, ...head } = row(2);
    expect(rows).toEqual([
      { kind: "zone", nid: 0, v: "6.12" },
      { ...row(1), v: "6.12" },
      { ...head, out: "died", log: ["kernel BUG at mm/x.c:5!"], v: "6.12" },
      { ...row(3), v: "6.12" },
    ]);
    expect(starts).toEqual([1, 3]);
  });

  test("from a fresh machine where the part asks for one", async () => {
    const { boot, starts } = replay(log(lines(begin(row(1)), row(1))), log(lines(begin(row(2)), row(2), END)));
    expect((await recordPart("p4x", "6.12", boot)).rows).toHaveLength(2);
    expect(starts).toEqual([1, 2]);
  });

  test.each([
    ["died", log(lines(begin(row(1))))],
    ["hang", log(lines(begin(row(1))), "", "silent")],
    ["stuck", log(`${lines(begin(row(1)))}{"stuck":1}\n`)],
    ["stuck", log(`${lines(begin(row(1)))}{"id":1,"kind":"pres{"stuck":1}\n`, "", "silent")],
  ])("and tells how a machine ended: %s", async (out, first) => {
    const { boot } = replay(first, log(lines(END)));
    expect((await recordPart("p3", "6.12", boot)).rows).toMatchObject([{ id: 1, out }]);
  });

  test("though a boot came to nothing: it is tried again, and what it had printed is not told twice", async () => {
    const { boot, starts } = replay(
      log(lines({ kind: "zone", nid: 0 }, { kind: "fn", g: "0x0" }), "Kernel panic: no timer\n"),
      log(lines({ kind: "zone", nid: 0 }, begin(row(1)), row(1), END)),
    );
    expect((await recordPart("p3", "6.12", boot)).rows).toEqual([
      { kind: "zone", nid: 0, v: "6.12" },
      { ...row(1), v: "6.12" },
    ]);
    expect(starts).toEqual([1, 1]);
  });

  test("not at all when the kernel does not come up: its last lines are shown", async () => {
    const failing = recordPart("p3", "6.12", async () => log("", "Linux version 6.12\nKernel panic: no init\n"));
    await expect(failing).rejects.toThrow(Problem);
    await expect(failing).rejects.toThrow(
      /before row 1, 3 times\..*\n {4}Linux version 6\.12\n {4}Kernel panic: no init/,
    );
  });

  test("not without end: a kernel that dies in every row is given up", async () => {
    const failing = recordPart("p3", "6.12", async (start) => log(lines(begin(row(start)))));
    await expect(failing).rejects.toThrow("was not through after");
  });
});

test("a row cut short by death has the next one's beginning glued to it, and is not taken for whole", () => {
  const text = `${lines(begin(row(1)))}{"id":1,"kind":"pres${JSON.stringify(begin(row(2)))}\n`;
  expect(readBootLog({ rows: text })).toMatchObject({ rows: [], begun: { id: 2 } });
});

test("the last words are those behind the last row, without their time, each once, and no more than ten", () => {
  const many = Array.from({ length: 20 }, (_, at) => `[  2.${at}] WARNING: ${at}`).join("\n");
  expect(lastWords(`WARNING: before\n@@ROW 7\n${many}\n[  3.0] WARNING: 1\nnothing`)).toHaveLength(10);
  expect(lastWords("@@ROW 7\n[  2.0] Oops: 0\n[  2.1] nothing\n[  2.2] Oops: 0")).toEqual(["Oops: 0"]);
});
