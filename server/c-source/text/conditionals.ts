import type { Branches, Build, Scan } from "./scan.ts";

export function openBranches(scan: Scan, directive: string, condition: string): void {
  scan.open.push({
    parens: scan.parens,
    braces: scan.braces,
    first: scan.count,
    start: scan.count,
    keptEnd: -1,
    keptStart: -1,
    keptBraces: scan.braces,
    keptParens: scan.parens,
    isBalanced: true,
    verdict: verdictOf(scan.build, directive, condition),
    isTaken: false,
  });
}

export function nextBranch(scan: Scan, directive: string, condition: string): void {
  const open = scan.open.at(-1);
  if (open === undefined) return;
  endBranch(scan, open);
  open.start = scan.count;
  const isElse = directive === "else";
  if (open.isTaken) open.verdict = false;
  else open.verdict = isElse ? null : verdictOf(scan.build, "if", condition);
}

export function closeBranches(scan: Scan): void {
  const open = scan.open.pop();
  if (open === undefined) return;
  endBranch(scan, open);
  if (open.isBalanced && open.parens <= 0) return;
  // Only one branch can stay: the first.
  if (open.keptEnd === -1) return;
  const length = open.keptEnd - open.keptStart;
  moveTokens(scan, open.keptStart, open.keptEnd, open.first);
  scan.count = open.first + length;
  scan.braces = open.keptBraces;
  scan.parens = open.keptParens;
}

/** Ends the branch that is being read: drops it if it is known not to be built. */
function endBranch(scan: Scan, open: Branches): void {
  if (open.verdict === false) {
    scan.count = open.start;
  } else {
    open.isTaken ||= open.verdict === true;
    open.isBalanced &&= scan.braces === open.braces && scan.parens === open.parens;
    if (open.keptEnd === -1) {
      open.keptStart = open.start;
      open.keptEnd = scan.count;
      open.keptBraces = scan.braces;
      open.keptParens = scan.parens;
    }
  }
  scan.braces = open.braces;
  scan.parens = open.parens;
}

function moveTokens(scan: Scan, from: number, to: number, target: number): void {
  if (from === target) return;
  for (const list of [scan.kinds, scan.starts, scan.ends, scan.names]) list.copyWithin(target, from, to);
}

const ZERO = /^\s*0\s*(?:$|\/\*|\/\/|&&)/;
const OPTION =
  /^\s*(!?)\s*(?:defined\s*\(?\s*CONFIG_(\w+)\s*\)?|IS_(?:ENABLED|BUILTIN|REACHABLE)\s*\(\s*CONFIG_(\w+)\s*\))\s*(?:$|\/\*|\/\/)/;
const NAMED = /^\s*CONFIG_(\w+)/;

/** Whether a branch is built; null: that is not known. */
function verdictOf({ options }: Build, directive: string, condition: string): boolean | null {
  if (directive === "if" && ZERO.test(condition)) return false;
  if (options === null) return null;
  if (directive !== "if") {
    const name = NAMED.exec(condition)?.[1];
    if (name === undefined) return null;
    return isBuilt(options, name) === (directive === "ifdef");
  }
  const match = OPTION.exec(condition);
  const name = match?.[2] ?? match?.[3];
  if (name === undefined) return null;
  return isBuilt(options, name) === (match?.[1] !== "!");
}

const isBuilt = (options: ReadonlySet<string>, name: string): boolean =>
  options.has(name) || options.has(`${name}_MODULE`);
