import type { Pattern, TextMateGrammar } from "../../scripts/textmate.ts";

/** A stretch of a line and the scopes that it has, outermost first. */
export interface Scoped {
  readonly start: number;
  readonly end: number;
  readonly scopes: readonly string[];
}

interface Open {
  readonly pattern: Pattern | null;
  readonly patterns: readonly Pattern[];
  readonly scopes: readonly string[];
}

const compiled = new Map<string, RegExp>();

function regex(source: string): RegExp {
  const known = compiled.get(source) ?? new RegExp(source, "dg");
  compiled.set(source, known);
  return known;
}

function matchAt(source: string, line: string, from: number): RegExpExecArray | null {
  const pattern = regex(source);
  pattern.lastIndex = from;
  return pattern.exec(line);
}

/**
 * What an editor makes of a text by a TextMate grammar: line by line, the first match from the left, the first pattern
 * of two.
 */
export function scopesOf(grammar: TextMateGrammar, text: string): readonly Scoped[] {
  const found: Scoped[] = [];
  const stack: Open[] = [{ pattern: null, patterns: grammar.patterns, scopes: [] }];
  let lineStart = 0;
  for (const line of text.split("\n")) {
    readLine(grammar, line, lineStart, stack, found);
    lineStart += line.length + 1;
  }
  return found;
}

function readLine(grammar: TextMateGrammar, line: string, lineStart: number, stack: Open[], found: Scoped[]): void {
  for (let at = 0; ; ) {
    const top = stack[stack.length - 1];
    if (top === undefined) return;
    const ends = top.pattern?.end === undefined ? null : matchAt(top.pattern.end, line, at);
    const best = firstMatch(grammar, top.patterns, line, at);
    const give = (start: number, end: number, scopes: readonly string[]): void => {
      if (end > start) found.push({ start: lineStart + start, end: lineStart + end, scopes });
    };
    if (ends !== null && (best === null || ends.index <= best.match.index)) {
      give(at, ends.index, top.scopes);
      giveCaptures(ends, top.pattern?.endCaptures, top.scopes, give);
      stack.pop();
      at = ends.index + ends[0].length;
      if (at >= line.length && top.pattern?.end !== "$") return;
      continue;
    }
    if (best === null) {
      give(at, line.length, top.scopes);
      return;
    }
    const { match, pattern } = best;
    give(at, match.index, top.scopes);
    const scopes = pattern.name === undefined ? top.scopes : [...top.scopes, pattern.name];
    giveCaptures(match, pattern.captures ?? pattern.beginCaptures, scopes, give);
    if (pattern.begin !== undefined) stack.push({ pattern, patterns: pattern.patterns ?? [], scopes });
    const after = match.index + match[0].length;
    if (pattern.begin === undefined && after === at && match[0] === "") return;
    at = after;
  }
}

function firstMatch(
  grammar: TextMateGrammar,
  patterns: readonly Pattern[],
  line: string,
  from: number,
): { readonly match: RegExpExecArray; readonly pattern: Pattern } | null {
  let best: { readonly match: RegExpExecArray; readonly pattern: Pattern } | null = null;
  for (const pattern of patterns) {
    if (pattern.include !== undefined) {
      const included = firstMatch(grammar, grammar.repository[pattern.include.slice(1)]?.patterns ?? [], line, from);
      if (included !== null && (best === null || included.match.index < best.match.index)) best = included;
      continue;
    }
    const match = matchAt(pattern.match ?? pattern.begin ?? "(?!)", line, from);
    if (match !== null && (best === null || match.index < best.match.index)) best = { match, pattern };
  }
  return best;
}

/** The stretches of a match: its captures, and what lies between them. */
function giveCaptures(
  match: RegExpExecArray,
  captures: Pattern["captures"],
  scopes: readonly string[],
  give: (start: number, end: number, scopes: readonly string[]) => void,
): void {
  let at = match.index;
  for (const [group, range] of (match.indices ?? []).entries()) {
    const name = captures?.[group]?.name;
    if (group === 0 || range === undefined || name === undefined) continue;
    give(at, range[0], scopes);
    give(range[0], range[1], [...scopes, name]);
    at = range[1];
  }
  give(at, match.index + match[0].length, scopes);
}
