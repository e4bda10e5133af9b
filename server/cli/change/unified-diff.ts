import { UsageError } from "../command.ts";

/** What a patch does to one file. Null: there is no such side. */
export interface FilePatch {
  /** As the patch has it: `a/mm/slub.c`, `linux.orig/mm/slub.c`; of what git renames or copies the bare name. */
  readonly before: string | null;
  readonly after: string | null;
  /** `renamed` and `copied` are what git says; other names that differ are two names of one file. */
  readonly kind: "edited" | "renamed" | "copied";
  readonly hunks: readonly Hunk[];
}

/** A stretch of a file that is changed, with the lines around it. */
export interface Hunk {
  /** The line that it begins at before and after, counted from 1; of no lines, the one that they are behind. */
  readonly beforeStart: number;
  readonly afterStart: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * The files of a unified diff, as git, diff and mails have it; what stands around is passed over. Throws `UsageError`
 * for a hunk that is cut short.
 */
export function patchesIn(text: string): readonly FilePatch[] {
  const lines = text.split("\n");
  const patches: FilePatch[] = [];
  let moved: Move = NO_MOVE;
  const flush = (): void => {
    if (isWhole(moved)) patches.push({ ...moved, hunks: [] });
    moved = NO_MOVE;
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (line.startsWith("diff --git ")) flush();
    const [, verb, side, name] = /^(rename|copy) (from|to) (.*?)\r?$/.exec(line) ?? [];
    if (name !== undefined)
      moved = {
        ...moved,
        [side === "from" ? "before" : "after"]: unquoted(name),
        kind: verb === "copy" ? "copied" : "renamed",
      };
    const next = lines[at + 1] ?? "";
    if (line.startsWith("--- ") && next.startsWith("+++ ") && HUNK.test(lines[at + 2] ?? "")) {
      const named = { before: sideName(line), after: sideName(next), kind: "edited" } as const;
      const read = hunksAt(lines, at + 2, named.after ?? named.before ?? "");
      patches.push({ ...(isWhole(moved) ? moved : named), hunks: read.hunks });
      moved = NO_MOVE;
      at = read.end;
    } else at += 1;
  }
  flush();
  return patches;
}

type Move = Omit<FilePatch, "hunks">;

const NO_MOVE: Move = { before: null, after: null, kind: "edited" };

const isWhole = ({ before, after }: Move): boolean => before !== null && after !== null;

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

function hunksAt(
  lines: readonly string[],
  start: number,
  name: string,
): { readonly hunks: readonly Hunk[]; readonly end: number } {
  const hunks: Hunk[] = [];
  let at = start;
  for (let head = HUNK.exec(lines[at] ?? ""); head !== null; head = HUNK.exec(lines[at] ?? "")) {
    const [, beforeStart = "0", beforeCount = "1", afterStart = "0", afterCount = "1"] = head;
    const [before, after]: [string[], string[]] = [[], []];
    const [mostBefore, mostAfter] = [Number(beforeCount), Number(afterCount)];
    at += 1;
    while (before.length < mostBefore || after.length < mostAfter) {
      const line = lines[at];
      // A mail program takes the blank of an empty line away.
      const sign = line === "" || line === "\r" ? " " : line?.[0];
      const text = line?.slice(1) ?? "";
      if (line === undefined || sign === undefined || !" +-\\".includes(sign))
        throw new UsageError(
          `the patch is cut short or damaged: hunk ${hunks.length + 1} of ${name} ends at line ${at}`,
        );
      if (sign === " " || sign === "-") before.push(text);
      if (sign === " " || sign === "+") after.push(text);
      at += 1;
    }
    while (lines[at]?.startsWith("\\") === true) at += 1;
    hunks.push({ beforeStart: Number(beforeStart), afterStart: Number(afterStart), before, after });
  }
  return { hunks, end: at };
}

/** The name behind `---` or `+++`, without what diff writes behind a tab; null for `/dev/null`. */
function sideName(line: string): string | null {
  const name = unquoted(line.slice(4).replace(/\t.*$/, "").replace(/\r$/, ""));
  return name === "/dev/null" ? null : name;
}

/** Names with bytes beyond ASCII stand in quotes, those bytes in octal. */
function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes = name
    .slice(1, -1)
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\\(["\\])/g, "$1");
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export type Direction = "forward" | "back";

/** The patch as it is undone. */
function turned({ beforeStart, afterStart, before, after }: Hunk): Hunk {
  return { beforeStart: afterStart, afterStart: beforeStart, before: after, after: before };
}

/**
 * A text with hunks carried out, or taken back. Lines may have moved; what stands in a hunk must be there. A number:
 * the hunk, counted from 1, for which there is no place.
 */
export function patched(text: string, hunks: readonly Hunk[], direction: Direction): string | number {
  const lines = text.split("\n");
  const isEnded = lines.at(-1) === "" && lines.pop() !== undefined;
  const done: string[] = [];
  let [from, drift] = [0, 0];
  for (const [index, hunk] of hunks.entries()) {
    const { beforeStart, before, after } = direction === "forward" ? hunk : turned(hunk);
    const meant = (before.length === 0 ? beforeStart : beforeStart - 1) + drift;
    const at = placeOf(lines, before, from, meant);
    if (at === null) return index + 1;
    done.push(...lines.slice(from, at), ...after);
    from = at + before.length;
    drift = at - (meant - drift);
  }
  done.push(...lines.slice(from));
  return done.join("\n") + (isEnded || text === "" ? "\n" : "");
}

/** Where lines stand at or behind `from`, as near as can be to where they are meant to; null: nowhere. */
function placeOf(lines: readonly string[], wanted: readonly string[], from: number, meant: number): number | null {
  const last = lines.length - wanted.length;
  for (let away = 0; away <= Math.max(last - meant, meant - from); away++) {
    for (const at of away === 0 ? [meant] : [meant - away, meant + away])
      if (at >= from && at <= last && wanted.every((line, index) => isSame(lines[at + index], line))) return at;
  }
  return null;
}

/** A mail may have other ends of lines. */
const isSame = (one: string | undefined, other: string): boolean =>
  one === other || one?.replace(/\r$/, "") === other.replace(/\r$/, "");
