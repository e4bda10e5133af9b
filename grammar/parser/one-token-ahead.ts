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
  type ILookaheadStrategy,
  type IProduction,
} from "chevrotain";

type Strategy = Required<Pick<ILookaheadStrategy, "buildLookaheadForAlternation" | "buildLookaheadForOptional">>;
type ForAlternation = Parameters<Strategy["buildLookaheadForAlternation"]>[0];
type ForOptional = Parameters<Strategy["buildLookaheadForOptional"]>[0];

const OPTIONAL = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
} as const;
type Optional = InstanceType<(typeof OPTIONAL)[ForOptional["prodType"]]>;

function isOptional(node: IProduction): node is Optional {
  return Object.values(OPTIONAL).some((kind) => node instanceof kind);
}

function hasParts(node: IProduction): node is Optional | Alternation | Alternative {
  return isOptional(node) || node instanceof Alternation || node instanceof Alternative;
}

/**
 * How Chevrotain's parser chooses: by the type of the next token, of alternatives by the first that begins with it.
 * What begins one is found out where the parser comes to it first: to do that for the whole grammar, as Chevrotain's
 * own strategy does, takes longer than to read a file.
 */
export class OneTokenAhead implements ILookaheadStrategy {
  readonly #nextType: () => number;

  /** @param nextType the number of the type of the next token */
  constructor(nextType: () => number) {
    this.#nextType = nextType;
  }

  validate(): [] {
    return [];
  }

  /** @throws for alternatives with conditions: the parser has none */
  buildLookaheadForAlternation({ rule, prodOccurrence, hasPredicates }: ForAlternation): () => number | undefined {
    if (hasPredicates) throw new Error(`An alternative in ${rule.name} has a condition.`);
    const nextType = this.#nextType;
    let chosen: Map<number, number> | null = null;
    return () => {
      chosen ??= choiceByType(find(rule.definition, Alternation, prodOccurrence));
      return chosen.get(nextType());
    };
  }

  buildLookaheadForOptional({ rule, prodOccurrence, prodType }: ForOptional): () => boolean {
    const nextType = this.#nextType;
    let starts: ReadonlySet<number> | null = null;
    return () => {
      starts ??= startsOf(find(rule.definition, OPTIONAL[prodType], prodOccurrence).definition);
      return starts.has(nextType());
    };
  }
}

/** The numbers of the types that a sequence may begin with. Where a name stands, a keyword may: its category. */
export function startsOf(nodes: readonly IProduction[]): ReadonlySet<number> {
  const starts = new Set<number>();
  addStarts(nodes, starts);
  return starts;
}

/** True if the sequence may be empty. */
function addStarts(nodes: readonly IProduction[], starts: Set<number>): boolean {
  return nodes.every((node) => {
    if (node instanceof Terminal) {
      const { tokenTypeIdx, categoryMatches = [] } = node.terminalType;
      if (tokenTypeIdx !== undefined) starts.add(tokenTypeIdx);
      for (const type of categoryMatches) starts.add(type);
      return false;
    }
    if (node instanceof NonTerminal) return addStarts(node.referencedRule.definition, starts);
    if (node instanceof Alternation) {
      const mayBeEmpty = node.definition.map((alternative) => addStarts([alternative], starts));
      return mayBeEmpty.includes(true);
    }
    if (node instanceof Alternative) return addStarts(node.definition, starts);
    if (!isOptional(node)) return true;
    const mayBeEmpty = addStarts(node.definition, starts);
    const isMandatory = node instanceof RepetitionMandatory || node instanceof RepetitionMandatoryWithSeparator;
    return mayBeEmpty || !isMandatory;
  });
}

/** By the number of a type, the place of the alternative that is chosen. */
function choiceByType({ definition }: Alternation): Map<number, number> {
  const chosen = new Map<number, number>();
  for (const [place, alternative] of definition.entries())
    for (const type of startsOf([alternative])) if (!chosen.has(type)) chosen.set(type, place);
  return chosen;
}

type Kind<Node> = abstract new (options: never) => Node;

/** @throws if the rule has no such choice: Chevrotain asks for those that it has */
function find<Node extends Optional | Alternation>(
  nodes: readonly IProduction[],
  kind: Kind<Node>,
  occurrence: number,
): Node {
  const found = findIn(nodes, kind, occurrence);
  if (found === null) throw new Error(`There is no choice ${occurrence} of this kind.`);
  return found;
}

function findIn<Node extends Optional | Alternation>(
  nodes: readonly IProduction[],
  kind: Kind<Node>,
  occurrence: number,
): Node | null {
  for (const node of nodes) {
    if (node instanceof kind && node.idx === occurrence) return node;
    if (!hasParts(node)) continue;
    const inner = findIn(node.definition, kind, occurrence);
    if (inner !== null) return inner;
  }
  return null;
}
