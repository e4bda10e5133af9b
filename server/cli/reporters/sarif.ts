import { createHash } from "node:crypto";
import { isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { catalogue } from "../../policy-language/catalogue.ts";
import type { Severity } from "../../rules/finding.ts";
import { ruleUrl } from "../../rules/rule-page.ts";
import { fingerprintsOf, keyOf } from "../check/fingerprint.ts";
import type { FileReport, Range, ReportedFinding, ReportedPlace } from "../report.ts";
import type { Reporter } from "../reporter.ts";
import { VERSION } from "../version.ts";
import { jsonText } from "../../service/visible.ts";

/** One SARIF 2.1.0 log with one run: the catalogue as the tool's rules, and each finding as a result. */
export const sarif: Reporter = {
  name: "sarif",
  summary: "SARIF 2.1.0: for code scanning, and tools that show its results",
  begin: () => logAround().before,
  file: (report) =>
    resultsOf(report)
      .map((result) => jsonText(result, 2).replace(/^/gm, "        "))
      .join(",\n"),
  between: ",\n",
  end: () => logAround().behind,
};

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** SARIF knows three levels; a hint is a note of which `properties.severity` says that it is a hint. */
const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

/** The log without results: what stands before them and behind. */
function logAround(): { readonly before: string; readonly behind: string } {
  const rules = catalogue().map(({ id, title, severity }) => ({
    id,
    shortDescription: { text: title },
    helpUri: ruleUrl(id),
    defaultConfiguration: { level: LEVELS[severity] },
  }));
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "AllocPolicy", semanticVersion: VERSION, rules } },
        columnKind: "utf16CodeUnits",
        newlineSequences: ["\r\n", "\n", "\r"],
        results: [],
      },
    ],
  };
  const text = jsonText(log, 2);
  const at = text.lastIndexOf("[]");
  return { before: `${text.slice(0, at + 1)}\n`, behind: `\n      ${text.slice(at + 1)}\n` };
}

let indexes: ReadonlyMap<string, number> | null = null;

/** Where a rule stands in the catalogue. */
function ruleIndexOf(id: string): number | undefined {
  indexes ??= new Map(catalogue().map((entry, index) => [entry.id, index]));
  return indexes.get(id);
}

function resultsOf(report: FileReport): readonly object[] {
  const uri = uriOf(report.path);
  const prints = numberedPrints(report);
  return report.findings.map((finding, index) => {
    const {
      rule,
      severity,
      message,
      declaration,
      range,
      kernel,
      source,
      related,
      steps = [],
      fixes,
      confidence,
    } = finding;
    const ruleIndex = ruleIndexOf(rule);
    return {
      ruleId: rule,
      ...(ruleIndex === undefined ? {} : { ruleIndex }),
      level: LEVELS[severity],
      message: { text: message },
      locations: [
        {
          physicalLocation: physical(uri, range),
          ...(declaration === null ? {} : { logicalLocations: [{ name: declaration, kind: "declaration" }] }),
        },
      ],
      ...(related.length === 0 ? {} : { relatedLocations: related.map((place, id) => ({ id, ...locationOf(place) })) }),
      ...(steps.length === 0 ? {} : { codeFlows: [flowOf([...steps, { path: report.path, range, message }])] }),
      ...(fixes.length === 0 ? {} : { fixes: fixesOf(uri, fixes) }),
      partialFingerprints: { "allocpolicy/v1": prints[index] ?? "" },
      properties: {
        severity,
        source,
        since: kernel.since,
        until: kernel.until,
        ...(confidence === undefined ? {} : { confidence }),
      },
    };
  });
}

function fixesOf(uri: string, fixes: ReportedFinding["fixes"]): readonly object[] {
  return fixes.map(({ title, edits }) => ({
    description: { text: title },
    artifactChanges: [
      {
        artifactLocation: { uri },
        replacements: edits.map((edit) => ({
          deletedRegion: regionOf(edit.range),
          insertedContent: { text: edit.text },
        })),
      },
    ],
  }));
}

/** The way to what is found, which is its last step. */
function flowOf(steps: readonly ReportedPlace[]): object {
  return { threadFlows: [{ locations: steps.map((step) => ({ location: locationOf(step) })) }] };
}

function locationOf({ path, range, message }: ReportedPlace): object {
  return { physicalLocation: physical(uriOf(path), range), message: { text: message } };
}

function physical(uri: string, range: Range): object {
  return { artifactLocation: { uri }, region: regionOf(range) };
}

/** SARIF counts lines and columns from 1; the end column is the one behind the last character. */
function regionOf({ start, end }: Range): object {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** Relative where the user wrote it so, as GitHub and others expect of a checkout. */
function uriOf(path: string): string {
  return isAbsolute(path) ? pathToFileURL(path).href : path.split(sep).map(encodeURIComponent).join("/");
}

/** The fingerprints of a file's findings, and of several alike which one it is. Same order as the findings. */
function numberedPrints(report: FileReport): readonly string[] {
  const seen = new Map<string, number>();
  return fingerprintsOf(report).map((print) => {
    const key = keyOf(print);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return createHash("sha256").update(`${key} ${count}`).digest("hex").slice(0, 32);
  });
}
