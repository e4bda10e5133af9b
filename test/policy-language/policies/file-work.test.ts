import { afterEach, describe, expect, test, vi } from "vitest";
import { editFile, parseFile } from "../../../grammar/index.ts";
import { DEFAULT_SETTINGS } from "../../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../../server/documents/workspace.ts";
import { check, checkSome } from "../../../server/policy-language/check/check.ts";
import { MOST_WORK_OF_FILE } from "../../../server/policy-language/check/file-work.ts";
import { Allowance } from "../../../server/policy-language/symbolic/bdd.ts";
import type { Finding } from "../../../server/rules/finding.ts";
import { mixed } from "../../bench/_files.ts";
import { legalFiles } from "./_legal.ts";

const URI = "file:///work.allocpolicy";

function found(text: string): readonly Finding[] {
  return check(withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text)), URI).regions.flat();
}

/** The names of the policies that are left open, in order. */
function open(text: string): readonly string[] {
  const file = parseFile(text);
  const { regions } = check(withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file), URI);
  return regions.flatMap((findings, region) =>
    findings.some(({ rule }) => rule === "policy-too-entangled") ? [file.regions[region]?.name ?? ""] : [],
  );
}

/** Of many releases a large part of what one policy may be. */
const promising = (name: string, functions: string): string =>
  `policy ${name} for ${functions} { mode any otherwise { sleeps may, oom may, fails may } }\n`;

/** So many of those are more than a file may be. */
const MANY = Array.from({ length: 12 }, (_, at) => `p${String(at).padStart(2, "0")}`);

const REALISTIC = ["kmalloc", "alloc_pages", "kvmalloc", "alloc_contig_range", "cma_alloc", "dma_alloc_coherent"];
const realistic = (api: string, at: number): string => `policy for_${at} for ${api} {
  forbid has __GFP_NOFAIL because "callers handle failure"
  forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL because "pick one"
  require has __GFP_NOWARN when lacks __GFP_DIRECT_RECLAIM
  forbid sleeps and in softirq
  mode fast   when lacks __GFP_DIRECT_RECLAIM { sleeps never, reclaim kswapd, fails may }
  mode hard   when has __GFP_RETRY_MAYFAIL { sleeps may, oom never, fails may }
  mode normal otherwise { sleeps may, fails may }
}
`;

afterEach(() => vi.restoreAllMocks());

function workOf(text: string): number {
  let work = 0;
  const spend = Allowance.prototype.spend;
  vi.spyOn(Allowance.prototype, "spend").mockImplementation(function (this: Allowance, nodes) {
    spend.call(this, nodes);
    work += nodes;
  });
  found(text);
  vi.restoreAllMocks();
  return work;
}

describe("the policies of a file", () => {
  test("are no more work together than twice what a file may be", () => {
    const text = Array.from({ length: 60 }, (_, i) => promising(`p${i}`, i % 2 === 0 ? "krealloc" : "kvmalloc")).join(
      "",
    );
    expect(workOf(`kernel 4.19 .. 7.3\n${text}`)).toBeLessThan(2.2 * MOST_WORK_OF_FILE);
  });

  test("are decided where they are little work, whatever the others are", () => {
    const small = Array.from({ length: 8 }, (_, i) => `policy s${i} { forbid has __GFP_NOFAIL and order > ${i} }\n`);
    expect(open(`kernel 4.19 .. 7.3\n${promising("a", "krealloc, kvrealloc, kvmemdup")}${small.join("")}`)).toEqual([
      "a",
    ]);
  });

  test("that need more than their share have it in the order of the text", () => {
    const left = open(`kernel 4.19 .. 7.3\n${MANY.map((name) => promising(name, "krealloc")).join("")}`);
    expect(left.length).toBeGreaterThan(1);
    expect(left).toEqual(MANY.slice(MANY.length - left.length));
  });

  test("say after an edit what they say at first", () => {
    const text = `kernel 4.19 .. 7.3\n${MANY.map((name) => promising(name, "krealloc")).join("")}`;
    let file = parseFile(text);
    let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file);
    check(workspace, URI);
    const first = promising("a", "krealloc");
    const edits = [
      { start: text.indexOf(first), end: text.indexOf(first) + first.length, text: "" },
      { start: text.indexOf(first), end: text.indexOf(first), text: "policy b { forbid has __GFP_COMP }\n" },
    ];
    for (const edit of edits) {
      file = editFile(file, edit);
      workspace = withDocument(workspace, URI, file);
      const messages = (findings: readonly Finding[]): readonly string[] => findings.map(({ message }) => message);
      expect(messages(check(workspace, URI).regions.flat())).toEqual(messages(found(file.text)));
    }
  });

  test("come to an end in small steps, though nobody wants to hear that they are left open", () => {
    const text = `kernel 4.19 .. 7.3\n${MANY.map((name) => promising(name, "krealloc")).join("")}`;
    const settings = { ...DEFAULT_SETTINGS, ruleLevels: { "policy-too-entangled": "off" } } as const;
    const workspace = withDocument(emptyWorkspace(settings), URI, parseFile(text));
    let steps = 0;
    while (!checkSome(workspace, URI, 0, () => true) && steps < 50_000) steps += 1;
    expect(steps).toBeLessThan(50_000);
    expect(
      check(workspace, URI)
        .regions.flat()
        .map(({ rule }) => rule),
    ).not.toContain("policy-too-entangled");
  });

  test.each(legalFiles(1))("whatever they say break no rule and keep to their work: $name", ({ text }) => {
    const rules = new Set(found(text).map(({ rule }) => rule));
    for (const rule of ["internal-error", "syntax", "unknown-api", "unknown-context"])
      expect(rules).not.toContain(rule);
    const policies = text.replace(/^expect .*\n/gm, "");
    expect(workOf(policies)).toBeLessThan(2.2 * MOST_WORK_OF_FILE);
  });

  test("of ten lines each, twenty over years of releases, are all decided", () => {
    const twenty = Array.from({ length: 20 }, (_, at) => realistic(REALISTIC[at % REALISTIC.length] ?? "", at));
    expect(open(`kernel 6.6 .. 7.3\n${twenty.join("")}`)).toEqual([]);
  });

  test("of a long file as people write them are all decided", () => {
    expect(found(mixed(4000)).map(({ rule }) => rule)).not.toContain("policy-too-entangled");
  });
});
