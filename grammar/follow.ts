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
  type Rule,
  type TokenType,
} from "chevrotain";
import { roleOf, type NameRole } from "./roles.ts";

/** A token that the grammar has at a place. */
export interface Follower {
  readonly type: TokenType;
  /** The rule of the grammar that it stands in. */
  readonly rule: string;
  readonly role: NameRole | null;
  /** It begins an item of a block or list, of which there may be any number. */
  readonly begins: boolean;
  /** The construct is whole without it. */
  readonly optional: boolean;
}

/** What may come next within a rule. */
export interface Followers {
  readonly found: readonly Follower[];
  /** The rule may also end here. */
  readonly ends: boolean;
}

/** A token of a rule, or a call of another rule, by Chevrotain's occurrence index. */
export type Anchor =
  | { readonly kind: "token"; readonly type: TokenType; readonly index: number }
  | { readonly kind: "call"; readonly rule: string; readonly index: number };

const NOWHERE: Followers = { found: [], ends: true };

/** What the parser's own rules, as Chevrotain recorded them, say of the order of tokens. */
export class Grammar {
  readonly #rules: Readonly<Record<string, Rule>>;
  /** There are as many answers as tokens and calls in the rules. */
  readonly #known = new Map<string, Followers>();
  constructor(rules: Readonly<Record<string, Rule>>) {
    this.#rules = rules;
  }

  /** What a rule may begin with; `begins` as in `Follower`. */
  firstOf(rule: string, begins = false): Followers {
    return this.#once(`${rule} ${begins}`, rule, ({ definition }) =>
      first(definition, { rule, role: null, begins, optional: begins }),
    );
  }

  /**
   * What may come behind a token or call within its rule; `ends` for what the rule does not have. `role` for the tokens
   * that have none of their own.
   */
  after(rule: string, anchor: Anchor, role: NameRole | null): Followers {
    const name = anchor.kind === "token" ? anchor.type.name : anchor.rule;
    return this.#once(`${rule} ${name} ${anchor.index} ${role}`, rule, ({ definition }) =>
      behind(definition, anchor, { rule, role, begins: false, optional: false }),
    );
  }

  /** Every token of every rule, separators of lists included. */
  tokens(): readonly { readonly rule: string; readonly type: TokenType }[] {
    return Object.values(this.#rules).flatMap(({ name, definition }) =>
      definition.flatMap(typesIn).map((type) => ({ rule: name, type })),
    );
  }

  #once(key: string, rule: string, find: (rule: Rule) => Followers | null): Followers {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const named = this.#rules[rule];
    const found = (named === undefined ? null : find(named)) ?? NOWHERE;
    this.#known.set(key, found);
    return found;
  }
}

function typesIn(node: IProduction): readonly TokenType[] {
  if (node instanceof Terminal) return [node.terminalType];
  if (node instanceof Alternation || node instanceof Alternative || node instanceof Option)
    return node.definition.flatMap(typesIn);
  if (!isRepeating(node)) return [];
  const separator = separatorOf(node);
  return [...(separator === null ? [] : [separator]), ...node.definition.flatMap(typesIn)];
}

type Where = Omit<Follower, "type">;

/** As `Followers`; `unseparated`: ends only by leaving out the comma without which a list does not go on. */
interface Rest extends Followers {
  readonly unseparated: boolean;
}

type Repeating = Repetition | RepetitionMandatory | RepetitionWithSeparator | RepetitionMandatoryWithSeparator;

function isRepeating(node: IProduction): node is Repeating {
  return (
    node instanceof Repetition ||
    node instanceof RepetitionMandatory ||
    node instanceof RepetitionWithSeparator ||
    node instanceof RepetitionMandatoryWithSeparator
  );
}

function separatorOf(node: Repeating): TokenType | null {
  return node instanceof RepetitionWithSeparator || node instanceof RepetitionMandatoryWithSeparator
    ? node.separator
    : null;
}

function isSeparator(node: IProduction): boolean {
  const only = node instanceof Option && node.definition.length === 1 ? node.definition[0] : undefined;
  return only instanceof Terminal && roleOf(only.label) === "separator";
}

function first(nodes: readonly IProduction[], where: Where): Rest {
  const found: Follower[] = [];
  let unseparated = false;
  for (const node of nodes) {
    const next = firstOfNode(node, where);
    found.push(...next.found);
    if (!next.ends) return { found, ends: false, unseparated: false };
    unseparated ||= isSeparator(node);
  }
  return { found, ends: true, unseparated };
}

function firstOfNode(node: IProduction, where: Where): Followers {
  if (node instanceof Terminal)
    return { found: [{ ...where, type: node.terminalType, role: roleOf(node.label) ?? where.role }], ends: false };
  if (node instanceof NonTerminal) {
    const { referencedRule: called } = node;
    return first(called.definition, { ...where, rule: called.name, role: roleOf(node.label) ?? where.role });
  }
  if (node instanceof Alternation) {
    const each = node.definition.map((alternative) => firstOfNode(alternative, where));
    return { found: each.flatMap(({ found }) => found), ends: each.some(({ ends }) => ends) };
  }
  if (node instanceof Alternative) return first(node.definition, where);
  if (node instanceof Option) return { found: first(node.definition, { ...where, optional: true }).found, ends: true };
  if (isRepeating(node)) {
    const mandatory = node instanceof RepetitionMandatory || node instanceof RepetitionMandatoryWithSeparator;
    const { found, ends } = first(node.definition, mandatory ? where : { ...where, begins: true, optional: true });
    return { found, ends: ends || !mandatory };
  }
  return NOWHERE;
}

/** What comes behind the anchor in a sequence; null if it does not have the anchor. */
function behind(nodes: readonly IProduction[], anchor: Anchor, where: Where): Rest | null {
  for (const [index, node] of nodes.entries()) {
    const inner = behindNode(node, anchor, where);
    if (inner === null) continue;
    if (!inner.ends) return inner;
    const rest = first(nodes.slice(index + 1), where);
    return {
      found: [...inner.found, ...rest.found],
      ends: rest.ends,
      unseparated: inner.unseparated || rest.unseparated,
    };
  }
  return null;
}

const HERE: Rest = { found: [], ends: true, unseparated: false };

function behindNode(node: IProduction, anchor: Anchor, where: Where): Rest | null {
  if (node instanceof Terminal)
    return anchor.kind === "token" && node.terminalType === anchor.type && node.idx === anchor.index ? HERE : null;
  if (node instanceof NonTerminal)
    return anchor.kind === "call" && node.nonTerminalName === anchor.rule && node.idx === anchor.index ? HERE : null;
  if (node instanceof Alternation) return behindOneOf(node.definition, anchor, where);
  if (node instanceof Option || node instanceof Alternative) return behind(node.definition, anchor, where);
  if (isRepeating(node)) return behindInLoop(node, anchor, where);
  return null;
}

function behindOneOf(alternatives: readonly IProduction[], anchor: Anchor, where: Where): Rest | null {
  for (const alternative of alternatives) {
    const found = behindNode(alternative, anchor, where);
    if (found !== null) return found;
  }
  return null;
}

function behindInLoop(node: Repeating, anchor: Anchor, where: Where): Rest | null {
  const separator = separatorOf(node);
  if (separator !== null && anchor.kind === "token" && anchor.type === separator && anchor.index === 0) {
    const again = first(node.definition, where);
    return { ...again, unseparated: false };
  }
  const inner = behind(node.definition, anchor, where);
  if (inner === null || !inner.ends || inner.unseparated)
    return inner === null ? null : { ...inner, unseparated: false };
  const next: readonly Follower[] =
    separator === null
      ? first(node.definition, { ...where, begins: true, optional: true }).found
      : [{ ...where, type: separator, role: null, begins: false, optional: true }];
  return { found: [...inner.found, ...next], ends: true, unseparated: false };
}
