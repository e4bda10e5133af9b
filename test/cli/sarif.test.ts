import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../server/policy-language/catalogue.ts";
import { folderWith, run } from "./_run.ts";

const MISTAKES = `kernel 6.12

flags LIST = GFP_KERNEL /* 😀 */ | __GFP_NOT_THERE

request rx {
  api     kmalloc
  size    64 B
  flags   GFP_KERNEL
  context softirq
}

request nofail {
  api   alloc_pages
  order 3
  flags GFP_ATOMIC | __GFP_NOFAIL
}

policy p for alloc_pages {
  forbid has __GFP_NOFAIL because "it must not"
}
`;

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Physical {
  readonly artifactLocation: { readonly uri: string };
  readonly region: Region;
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: Physical }[];
  readonly relatedLocations?: readonly {
    readonly id: number;
    readonly physicalLocation: Physical;
    readonly message: { readonly text: string };
  }[];
  readonly fixes?: readonly {
    readonly description: { readonly text: string };
    readonly artifactChanges: readonly {
      readonly artifactLocation: { readonly uri: string };
      readonly replacements: readonly {
        readonly deletedRegion: Region;
        readonly insertedContent: { readonly text: string };
      }[];
    }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: { readonly severity: string };
}

interface Log {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly rules: readonly {
          readonly id: string;
          readonly shortDescription: { readonly text: string };
          readonly helpUri: string;
          readonly defaultConfiguration: { readonly level: string };
        }[];
      };
    };
    readonly columnKind: string;
    readonly results: readonly Result[];
  }[];
}

async function sarif(files: Readonly<Record<string, string>>): Promise<{ readonly log: Log; readonly status: number }> {
  const { out, status } = await run(["check", "--format", "sarif"], { cwd: folderWith(files) });
  const log: Log = JSON.parse(out);
  return { log, status };
}

async function resultsOf(text: string): Promise<readonly Result[]> {
  return (await sarif({ "a b.allocpolicy": text })).log.runs[0]?.results ?? [];
}

const LEVELS = ["none", "note", "warning", "error"];

/** What a region covers, by the text's lines. */
function covered(text: string, { startLine, startColumn, endLine, endColumn }: Region): string {
  const lines = text.split("\n");
  if (startLine === endLine) return (lines[startLine - 1] ?? "").slice(startColumn - 1, endColumn - 1);
  return [
    (lines[startLine - 1] ?? "").slice(startColumn - 1),
    ...lines.slice(startLine, endLine - 1),
    (lines[endLine - 1] ?? "").slice(0, endColumn - 1),
  ].join("\n");
}

describe("check --format sarif", () => {
  test("is one run of version 2.1.0 with the whole catalogue as the tool's rules", async () => {
    const { log, status } = await sarif({ "a.allocpolicy": MISTAKES });
    expect(status).toBe(1);
    expect(log.version).toBe("2.1.0");
    expect(log.$schema).toMatch(/sarif-2\.1\.0\.json$/);
    expect(log.runs).toHaveLength(1);
    const driver = log.runs[0]?.tool.driver;
    expect(driver?.name).toBe("AllocPolicy");
    expect(driver?.rules.map(({ id }) => id)).toEqual(catalogue().map(({ id }) => id));
    for (const rule of driver?.rules ?? []) {
      expect(rule.shortDescription.text).not.toBe("");
      expect(LEVELS).toContain(rule.defaultConfiguration.level);
      expect(rule.helpUri).toMatch(/^https:\/\/\S+$/);
    }
    expect(log.runs[0]?.columnKind).toBe("utf16CodeUnits");
  });

  test("gives each result its rule, level, message, file and region, all counted from 1", async () => {
    const { log } = await sarif({ "a.allocpolicy": MISTAKES });
    const results = log.runs[0]?.results ?? [];
    const rules = log.runs[0]?.tool.driver.rules ?? [];
    expect(results.length).toBeGreaterThan(3);
    for (const result of results) {
      expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(LEVELS).toContain(result.level);
      expect(result.message.text).not.toBe("");
      expect(result.locations).toHaveLength(1);
      for (const { physicalLocation } of [...result.locations, ...(result.relatedLocations ?? [])]) {
        expect(physicalLocation.artifactLocation.uri).toBe("a.allocpolicy");
        const { region } = physicalLocation;
        expect(Math.min(region.startLine, region.startColumn, region.endLine, region.endColumn)).toBeGreaterThanOrEqual(
          1,
        );
        expect(region.endLine > region.startLine || region.endColumn >= region.startColumn).toBe(true);
      }
    }
  });

  test("counts columns in UTF-16 units", async () => {
    const unknown = (await resultsOf(MISTAKES)).find(({ ruleId }) => ruleId === "unknown-flag");
    expect(unknown?.locations[0]?.physicalLocation.region.startColumn).toBe(
      "flags LIST = GFP_KERNEL /* 😀 */ | ".length + 1,
    );
    expect(unknown?.locations.map(({ physicalLocation }) => covered(MISTAKES, physicalLocation.region))).toEqual([
      "__GFP_NOT_THERE",
    ]);
  });

  test("names the rule of a policy as a related location", async () => {
    const forbidden = (await resultsOf(MISTAKES)).find(({ ruleId }) => ruleId === "policy-forbids");
    expect(
      forbidden?.relatedLocations?.map(({ id, physicalLocation }) => [id, covered(MISTAKES, physicalLocation.region)]),
    ).toEqual([[0, "has __GFP_NOFAIL"]]);
  });

  test("offers fixes as replacements in the file", async () => {
    const sleeper = (await resultsOf(MISTAKES)).find(({ ruleId }) => ruleId === "sleep-in-atomic");
    const fixes = sleeper?.fixes ?? [];
    expect(fixes.length).toBeGreaterThan(0);
    for (const { description, artifactChanges } of fixes) {
      expect(description.text).not.toBe("");
      expect(artifactChanges.map(({ artifactLocation }) => artifactLocation.uri)).toEqual(["a%20b.allocpolicy"]);
      expect(artifactChanges[0]?.replacements.length).toBeGreaterThan(0);
    }
    const replacement = fixes[0]?.artifactChanges[0]?.replacements[0];
    expect(replacement === undefined ? "" : covered(MISTAKES, replacement.deletedRegion)).toBe("GFP_KERNEL");
  });

  test("keeps fingerprints when lines move, and tells findings of one file apart", async () => {
    const before = (await resultsOf(MISTAKES)).map((result) => result.partialFingerprints["allocpolicy/v1"]);
    const moved = (await resultsOf(MISTAKES.replace("\n\nflags", "\n\n// a new line\n\nflags"))).map(
      (result) => result.partialFingerprints["allocpolicy/v1"],
    );
    expect(moved).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
    for (const print of before) expect(print).toMatch(/^[0-9a-f]{32}$/);
  });

  test("has no results where nothing is wrong", async () => {
    const { log, status } = await sarif({ "a.allocpolicy": "kernel 6.12\n" });
    expect(status).toBe(0);
    expect(log.runs[0]?.results).toEqual([]);
  });
});

test("a file is named as the user named it, in the words of a URI", async () => {
  const name = "ü #1%20.allocpolicy";
  const cwd = folderWith({ [`a b/${name}`]: MISTAKES });
  const uris = async (path: string): Promise<ReadonlySet<string>> => {
    const { out } = await run(["check", "--format", "sarif", path], { cwd });
    const results: readonly Result[] = JSON.parse(out).runs[0].results;
    return new Set(results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri ?? ""));
  };
  expect([...(await uris("a b"))]).toEqual(["a%20b/%C3%BC%20%231%2520.allocpolicy"]);
  expect([...(await uris(`${cwd}/a b`))]).toEqual([pathToFileURL(`${cwd}/a b/${name}`).href]);
});
