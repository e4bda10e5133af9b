import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, parseFile } from "../../grammar/index.ts";
import { rootsFor } from "../../server/documents/roots.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, withMissing, type Workspace } from "../../server/documents/workspace.ts";
import { declarationsOf } from "../../server/kernel-log/declarations.ts";
import { diagnose } from "../../server/kernel-log/diagnosis.ts";
import { kernelLog } from "../../server/kernel-log/kernel-log.ts";
import { readReports } from "../../server/kernel-log/reader.ts";
import { machineOf } from "../../server/model/memory/machine.ts";
import type { MemoryState } from "../../server/model/memory/state.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { definitionAt } from "../../server/service/definition.ts";
import { expectationsOf } from "../service/_expectations.ts";
import { hoverAt } from "../../server/service/hover.ts";
import { stateNamed } from "../../server/policy-language/findings/memory.ts";
import { failureLines, loggedMachine, STYLES, style } from "../kernel-log/_logs.ts";

const FILE = "file:///project/main.allocpolicy";
const LOG = "file:///project/logs/console.log";
const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

function workspaceWith(text: string, log: string | null): Workspace {
  const roots = rootsFor(["file:///work"], FILE);
  const empty = emptyWorkspace(DEFAULT_SETTINGS, roots);
  const file = withDocument(empty, FILE, parseFile(text));
  return log === null ? withMissing(file, LOG) : withDocument(file, LOG, kernelLog(log));
}

function stateIn(workspace: Workspace, name: string): MemoryState | null {
  const environment = environmentOf(workspace, FILE);
  return environment === null ? null : stateNamed(environment, name);
}

const messagesIn = (workspace: Workspace): readonly string[] =>
  check(workspace, FILE)
    .regions.flat()
    .filter(({ rule }) => rule === "kernel-log-unreadable")
    .map(({ message }) => message);

const NEWEST = STYLES.filter(({ version }) => version.startsWith("6."));
const reports = fc
  .tuple(loggedMachine, fc.constantFrom(...NEWEST))
  .map(([machine, used]) => textOf(failureLines({ ...machine, pageKb: 4, order: 4 }, used)));
const [FIRST = "", SECOND = ""] = fc.sample(reports, { numRuns: 2, seed: 7 });
const FROM = 'kernel 6.12\nmemory field from "logs/console.log"\n';

describe("a state of memory that is read from a kernel log", () => {
  test("is the one that the report gives, the first or by number", () => {
    const log = `${FIRST}\n${SECOND}`;
    const [first, second] = readReports(log).map((report) => diagnose(report).replay?.memory);
    expect(stateIn(workspaceWith(FROM, log), "field")).toEqual(first);
    expect(stateIn(workspaceWith(FROM.replace('log"', 'log" report 2'), log), "field")).toEqual(second);
  });

  test("decides expectations, and another state may start from it", () => {
    const text = `${FROM}
request table { api alloc_pages  order 4  flags GFP_KERNEL  handles null }
memory emptied like field { node 0 { zone Normal { free order 0: 9 } } }
expect table on field   { fails }
`;
    const workspace = workspaceWith(text, FIRST);
    expect(stateIn(workspace, "emptied")?.nodes[0]?.zones.find(({ name }) => name === "Normal")?.free).toEqual([9]);
    expect(expectationsOf(workspace, FILE).map(({ state }) => state)).not.toContain("not-decided");
  });

  test("is read again when the log is another one, and stays where nothing changed", () => {
    const file = parseFile(FROM);
    const before = withDocument(workspaceWith("", FIRST), FILE, file);
    const first = stateIn(before, "field");
    const edit = { start: FROM.length, end: FROM.length, text: "flags f = GFP_KERNEL\n" };
    const edited = withDocument(before, FILE, editFile(file, edit));
    expect(stateIn(edited, "field")).toBe(first);
    const changed = withDocument(edited, LOG, kernelLog(SECOND));
    expect(stateIn(changed, "field")).toEqual(stateIn(workspaceWith(FROM, SECOND), "field"));
    const gone = withMissing(changed, LOG);
    expect([stateIn(gone, "field"), messagesIn(gone)]).toEqual([
      null,
      ["There is no file logs/console.log beside this one (looked for file:///project/logs/console.log)."],
    ]);
    expect(messagesIn(withDocument(gone, LOG, kernelLog(FIRST)))).toEqual([]);
  });

  test.each([
    ["a path that is empty", FROM.replace("logs/console.log", ""), FIRST, "The path of the kernel log is missing."],
    [
      "a log without a report",
      FROM,
      "nothing\n",
      "logs/console.log has no report of a page allocation failure, of vmalloc or of the OOM killer.",
    ],
    [
      "a report that is not there",
      FROM.replace('log"', 'log" report 3'),
      FIRST,
      "logs/console.log has one report, and no more.",
    ],
    ["a report of number 0", FROM.replace('log"', 'log" report 0'), FIRST, "The reports of a log count from 1."],
    [
      "an address",
      FROM.replace("logs/", "https://example.org/"),
      FIRST,
      "A log is named by its path, and https://example.org/console.log is an address: write the path of a file of the workspace, relative to this one.",
    ],
    [
      "a way out of the workspace",
      FROM.replace("logs/", "../../etc/"),
      FIRST,
      "../../etc/console.log leads out of the workspace, to file:///etc/console.log: only files of the workspace are read.",
    ],
    [
      "a machine with other pages",
      FROM,
      FIRST.replace(/\b(\d+)\*(\d+)kB/g, (_, count, size) => `${count}*${Number(size) * 16}kB`),
      "The log is of a machine with pages of 64 KiB: write `config { page 64 KiB }`.",
    ],
  ])("says what is wrong with %s", (_, text, log, message) => {
    const workspace = workspaceWith(text, log);
    expect([messagesIn(workspace), stateIn(workspace, "field")]).toEqual([[message], null]);
  });

  test("is told by the hover on its name, with what the report does not say, and signs of Markdown as they stand", () => {
    const workspace = workspaceWith(FROM, FIRST.replaceAll(/^.*(?=: page allocation failure)/gm, "[x](command:y)`"));
    const hover = hoverAt(workspace, FILE, FROM.indexOf("field") + 1)?.markdown ?? "";
    expect(hover).toContain("A task called [x](command:y)' asked the kernel for 16 pages in a row");
    expect(hover.split("```").length % 2).toBe(1);
    expect(definitionAt(workspace, FILE, FROM.indexOf("console"))?.target.uri).toBe(LOG);
  });

  test("says nothing as long as the log has not been looked for", () => {
    const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS, ["file:///work"]), FILE, parseFile(FROM));
    expect([messagesIn(workspace), stateIn(workspace, "field")]).toEqual([[], null]);
  });
});

describe("a report as declarations", () => {
  test("gives the same machine when it is read, in every family of releases and with every size of pages", () => {
    fc.assert(
      fc.property(loggedMachine, style, (machine, used) => {
        const [report] = readReports(textOf(failureLines(machine, used)));
        if (report === undefined) throw new Error("no report");
        const diagnosis = diagnose(report);
        const { kernel } = diagnosis.kernel;
        const state = diagnosis.replay?.memory;
        const workspace = workspaceWith(declarationsOf(diagnosis, "a log"), null);
        const errors = check(workspace, FILE)
          .regions.flat()
          .filter(({ severity }) => severity === "error");
        expect(errors.map(({ message }) => message)).toEqual([]);
        const read = stateIn(workspace, "reported");
        if (state === undefined || read === null) throw new Error("no state");
        // The node on which the task is taken to run stands with the request.
        const { homeNode: _home, ...memory } = state;
        expect(machineOf(kernel, read)).toEqual(machineOf(kernel, memory));
      }),
    );
  });

  test("holds what the kernel did, where the model says the same", () => {
    fc.assert(
      fc.property(reports, (log) => {
        const [report] = readReports(log);
        if (report === undefined) throw new Error("no report");
        const diagnosis = diagnose(report);
        const states = expectationsOf(workspaceWith(declarationsOf(diagnosis, null), null), FILE).map(
          ({ state }) => state,
        );
        expect(states).toEqual(diagnosis.replay?.agrees === true ? ["passed"] : []);
      }),
    );
  });
});
