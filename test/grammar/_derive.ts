import {
  Alternation,
  Alternative,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
  type TokenType,
} from "chevrotain";
import fc from "fast-check";
import { parser } from "../../grammar/parser.ts";
import { roleOf, type NameRole } from "../../grammar/roles.ts";

/** A token of a derivation: what the grammar says of it. */
export interface Leaf {
  readonly type: TokenType;
  readonly rule: string;
  readonly role: NameRole | null;
  /** Whether it stands right behind the one before. */
  readonly glued: boolean;
}

/** Numbers that decide, one after the other; when they are used up the shortest way is taken. */
interface Tape {
  readonly numbers: readonly number[];
  at: number;
}

function next(tape: Tape): number | null {
  return tape.numbers[tape.at++] ?? null;
}

interface Where {
  readonly rule: string;
  readonly role: NameRole | null;
}

const grammar = parser().getGAstProductions();
const heights = new Map<string, number>();

/** How deep the shortest derivation is, so that derivations end. */
function heightOf(node: IProduction, around: ReadonlySet<string> = new Set()): number {
  if (node instanceof Terminal) return 1;
  if (node instanceof NonTerminal) {
    const { name, definition } = node.referencedRule;
    const known = heights.get(name);
    if (known !== undefined) return known;
    if (around.has(name)) return Number.POSITIVE_INFINITY;
    const within = new Set([...around, name]);
    const height = 1 + Math.max(0, ...definition.map((part) => heightOf(part, within)));
    if (around.size === 0) heights.set(name, height);
    return height;
  }
  if (node instanceof Alternation) return Math.min(...node.definition.map((part) => heightOf(part, around)));
  if (node instanceof Option || node instanceof Repetition || node instanceof RepetitionWithSeparator) return 0;
  if (
    node instanceof Alternative ||
    node instanceof RepetitionMandatory ||
    node instanceof RepetitionMandatoryWithSeparator
  )
    return Math.max(0, ...node.definition.map((part) => heightOf(part, around)));
  throw new Error("a production of an unknown kind");
}

function sequence(nodes: readonly IProduction[], tape: Tape, where: Where): Leaf[] {
  return nodes.flatMap((node) => derive(node, tape, where));
}

function leaf(type: TokenType, { rule, role }: Where): Leaf {
  const glued =
    role === "rest" || (rule === "version" && role !== "version") || (rule === "waiver" && type.name === "Minus");
  return { type, rule, role, glued };
}

function derive(node: IProduction, tape: Tape, where: Where): Leaf[] {
  if (node instanceof Terminal) return [leaf(node.terminalType, { ...where, role: roleOf(node.label) ?? where.role })];
  if (node instanceof NonTerminal) {
    const { name, definition } = node.referencedRule;
    return sequence(definition, tape, { rule: name, role: roleOf(node.label) ?? where.role });
  }
  if (node instanceof Alternation) return derive(chosen(node, tape), tape, where);
  if (node instanceof Alternative) return sequence(node.definition, tape, where);
  if (node instanceof Option)
    return isSeparator(node) || (next(tape) ?? 0) % 2 === 1 ? sequence(node.definition, tape, where) : [];
  const times = (next(tape) ?? 0) % 3;
  if (node instanceof Repetition) return repeat(times, () => sequence(node.definition, tape, where));
  if (node instanceof RepetitionMandatory) return repeat(1 + times, () => sequence(node.definition, tape, where));
  if (node instanceof RepetitionWithSeparator || node instanceof RepetitionMandatoryWithSeparator) {
    const least = node instanceof RepetitionMandatoryWithSeparator ? 1 : 0;
    return repeat(least + times, (index) => [
      ...(index === 0 ? [] : [leaf(node.separator, { ...where, role: null })]),
      ...sequence(node.definition, tape, where),
    ]);
  }
  throw new Error("a production of an unknown kind");
}

/** The comma of a list is always written. */
function isSeparator(node: Option): boolean {
  const [only] = node.definition;
  return only instanceof Terminal && roleOf(only.label) === "separator";
}

function repeat(times: number, each: (index: number) => Leaf[]): Leaf[] {
  return Array.from({ length: times }, (_, index) => each(index)).flat();
}

function chosen({ definition }: Alternation, tape: Tape): IProduction {
  const number = next(tape);
  const ordered = number === null ? [...definition].sort((a, b) => heightOf(a) - heightOf(b)) : definition;
  const found = ordered[(number ?? 0) % ordered.length];
  if (found === undefined) throw new Error("a choice of nothing");
  return found;
}

/** Derivations of one header or declaration, by the parser's own rules: whatever it is taught, it is here. */
export const derivation: fc.Arbitrary<readonly Leaf[]> = fc
  .noBias(fc.array(fc.nat({ max: 5039 }), { maxLength: 80, size: "max" }))
  .map((numbers) => {
    const item = grammar.item;
    if (item === undefined) throw new Error("the grammar has no item");
    return sequence(item.definition, { numbers, at: 0 }, { rule: "item", role: null });
  });
