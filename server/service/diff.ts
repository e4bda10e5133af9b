import type { KernelDiff } from "../../protocol/kernel.ts";
import { compareSides, type Difference } from "../policy-language/diff/diff.ts";
import { modePhrases } from "../policy-language/diff/modes.ts";
import { comparePolicies, type Relation } from "../policy-language/diff/policies.ts";
import { requestFacts } from "../policy-language/diff/requests.ts";
import type { Side } from "../policy-language/diff/side.ts";
import type { Binding } from "../policy-language/analysis/environment.ts";
import { parseVersions, releasesOf } from "../policy-language/analysis/checked-kernels.ts";
import { workspaceOf, type Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { check, checkSome } from "../policy-language/check/check.ts";
import { flagsIn, flagText, meaningOf } from "../model/masks/names.ts";
import { matrixOf } from "./matrix.ts";
import type { Matrix, MatrixRow } from "./matrix/spans.ts";
import { code } from "./markdown.ts";
import type { Steps } from "./steps.ts";

/**
 * What changes for a file from one kernel to another, in steps; null for a file that is not there, or a kernel that is
 * not known.
 */
export function* diffKernels(workspace: Workspace, uri: string, from: string, to: string): Steps<KernelDiff | null> {
  const [first, second] = [sideOf(workspace, uri, from), sideOf(workspace, uri, to)];
  if (first === null || second === null) return null;
  yield* findingsMade(first.workspace, uri);
  yield* findingsMade(second.workspace, uri);
  const difference = compareSides(first.side, second.side);
  return {
    from,
    to,
    left: sideText(first, difference),
    right: sideText(second, difference),
    requests: difference.requests.length,
    flags: difference.flags.length,
  };
}

/** So many declarations are judged between two steps. */
const AT_ONCE = 32;

function* findingsMade(workspace: Workspace, uri: string): Steps<void> {
  let asked = 0;
  const isOver = (): boolean => {
    asked += 1;
    return asked >= AT_ONCE;
  };
  for (let isMade = false; !isMade; asked = 0) {
    isMade = checkSome(workspace, uri, 0, isOver);
    yield [0, 0];
  }
}

interface JudgedSide {
  readonly side: Side;
  readonly workspace: Workspace;
}

/** The file under one kernel, in a workspace of its own: what is known of the file as it is edited stays known. */
function sideOf(workspace: Workspace, uri: string, version: string): JudgedSide | null {
  if (releasesOf(parseVersions(version)).length !== 1) return null;
  const settings = { ...workspace.settings, forcedKernel: version };
  const own = workspaceOf(settings, workspace.roots, workspace.documents, workspace.missing);
  const environment = environmentOf(own, uri);
  const kernel = environment?.kernels.at(-1);
  return environment === null || kernel === undefined ? null : { side: { environment, kernel }, workspace: own };
}

/**
 * Every request of the file with what the kernel does and what there is to say of it; first the flags that are not the
 * same in both.
 */
function sideText({ side, workspace }: JudgedSide, { flags }: Difference): string {
  const { environment, kernel } = side;
  const width = Math.max(0, ...flags.map(({ name }) => name.length));
  const flagLines = flags.map(({ name }) => {
    const meaning = meaningOf(kernel, name);
    return `flag ${name.padEnd(width)}  ${"mask" in meaning ? flagsIn(kernel, meaning.mask).map(flagText).join(" | ") || "0" : "does not exist"}`;
  });
  const findings = check(workspace, environment.uri).regions;
  const requests = environment.file.regions.flatMap(({ item }, region): readonly string[] => {
    if (item?.kind !== "request" || item.name === null) return [];
    const facts = requestFacts(side, item);
    const lines =
      facts === null
        ? ["does not exist in this kernel, or is not known"]
        : facts.map(({ what, value }) => `${`${what}:`.padEnd(FACT_WIDTH)} ${value}`);
    const said = (findings[region] ?? []).map(
      ({ severity, rule, message }) => `${severity}: ${withoutVersion(message, kernel.name)} [${rule}]`,
    );
    return ["", `request ${item.name.text}`, ...[...lines, ...said].map((line) => `  ${line}`)];
  });
  return [`Linux ${kernel.name}`, ...(flagLines.length === 0 ? [] : ["", ...flagLines]), ...requests, ""].join("\n");
}

const FACT_WIDTH = "reaches the page allocator as:".length;

/** The same sentence under two kernels is no change: the version stands at the top. */
function withoutVersion(message: string, version: string): string {
  return message.replace(` (${version}).`, ".");
}

// Two policies --------------------------------------------------------------------------------------------------------

/** A policy of a file. */
export interface NamedPolicy {
  readonly workspace: Workspace;
  readonly uri: string;
  readonly name: string;
}

const RELATIONS: Readonly<Record<Relation, string>> = {
  equal: "takes the same requests as",
  stricter: "is stricter than",
  looser: "is looser than",
  incomparable: "is neither stricter nor looser than",
  unknown: "cannot be compared with",
};

/**
 * Two policies as a Markdown page: how they stand to each other, with witnesses, and the flags that they treat
 * differently; null where one is not there.
 */
export function diffPolicies(first: NamedPolicy, second: NamedPolicy): string | null {
  const [one, other] = [policySide(first), policySide(second)];
  if (one === null || other === null) return null;
  const { relation, onlyFirst, onlySecond, modes } = comparePolicies(one.side, one.binding, other.side, other.binding);
  const [a, b] =
    first.name === second.name ? [`${first.name} (first)`, `${second.name} (second)`] : [first.name, second.name];
  const takes = (name: string, witness: string | null): readonly string[] =>
    witness === null ? [] : [`- Only ${code(name)} takes ${witness}.`];
  return [
    `# ${code(a)} ${RELATIONS[relation]} ${code(b)}`,
    "",
    relation === "unknown"
      ? "A rule of one of them cannot be read."
      : `Over every mask, size and context, under Linux ${one.side.kernel.name}. Witnesses are the smallest.`,
    "",
    ...takes(a, onlyFirst),
    ...takes(b, onlySecond),
    ...modes.flatMap((mode) =>
      modePhrases(mode, [code(a), code(b)]).map((phrase) => `- Mode ${code(mode.mode)} ${phrase}.`),
    ),
    "",
    ...tableOf(first, second, a, b),
  ]
    .join("\n")
    .replace(/\n{3,}/g, "\n\n");
}

function policySide({ workspace, uri, name }: NamedPolicy): { readonly side: Side; readonly binding: Binding } | null {
  const environment = environmentOf(workspace, uri);
  const kernel = environment?.kernels.at(-1);
  const binding = environment?.lookup("subject", name) ?? null;
  if (environment === null || kernel === undefined || binding === null || binding.declaration.kind !== "policy")
    return null;
  return { side: { environment, kernel }, binding };
}

/** The flags that the two treat differently, each policy under its own newest kernel. */
function tableOf(first: NamedPolicy, second: NamedPolicy, a: string, b: string): readonly string[] {
  const [one, other] = [readable(first), readable(second)];
  if (one === null || other === null) return [];
  const rows = one.groups
    .flatMap(({ rows: own }) => own)
    .flatMap((row) => {
      const match = other.groups.flatMap(({ rows: theirs }) => theirs).find(({ name }) => name === row.name);
      if (match === undefined) return [];
      const [mine, theirs] = [summaryOf(one, row), summaryOf(other, match)];
      return mine === theirs ? [] : [`| ${code(row.name)} | ${mine} | ${theirs} |`];
    });
  return rows.length === 0
    ? []
    : ["## Flags that they treat differently", "", `| | ${a} | ${b} |`, "| --- | --- | --- |", ...rows, ""];
}

function readable({ workspace, uri, name }: NamedPolicy): Matrix | null {
  const answer = matrixOf(workspace, uri, { name });
  return answer?.kind === "matrix" ? answer.matrix : null;
}

/** What a flag is to the policy as a whole: over all modes that some mask selects. */
function summaryOf({ columns }: Matrix, { cells }: MatrixRow): string {
  const reached = cells.flatMap((cell, index) => {
    const column = columns[index];
    return column?.reachable ? [{ cell, name: column.name }] : [];
  });
  if (reached.every(({ cell }) => cell.kind === "forbidden")) return "forbidden";
  const overall = reached.every(({ cell }) => cell.always)
    ? "required"
    : reached.some(({ cell }) => cell.kind === "ignored")
      ? "ignored"
      : reached.some(({ cell }) => cell.conditional)
        ? "allowed, depending on the request"
        : "allowed";
  const selected = reached.filter(({ cell }) => cell.kind === "selects").map(({ name }) => code(name));
  return selected.length === 0 ? overall : `${overall}, selects ${selected.join(", ")}`;
}
