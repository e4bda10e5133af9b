import type {
  Amount,
  Clause,
  ContextItem,
  Declaration,
  Effect,
  ExpectForm,
  Fact,
  Header,
  Item,
  Mask,
  MemoryDeclaration,
  Name,
  NodeBlock,
  Predicate,
  Property,
  Span,
  ZoneFact,
} from "../../grammar/ast.ts";

/** What a word of the text stands for, by its place in the tree. */
export type Role =
  /** The name that a declaration gives; `detail` is the kind of declaration. */
  | "declared"
  /** A name in a mask: a flag, a composite, a group, a declared mask or the parameter of a transform. */
  | "mask"
  /** A transform, used in a mask. */
  | "call"
  | "parameter"
  | "literal"
  | "api"
  | "context"
  | "lock"
  | "scope"
  | "zone"
  /**
   * A request named as a fallback, or by an expectation's `on`, … : names that point to a declaration; `detail` says of
   * which kind.
   */
  | "reference"
  | "rule"
  | "fact"
  | "fact-value"
  | "effect"
  | "effect-value"
  | "mode"
  | "stage"
  | "option"
  | "version"
  | "path"
  | "size"
  | "number"
  /** A name of a watermark. */
  | "watermark"
  /** A word of the grammar that heads a property, clause or item. */
  | "keyword";

export interface Word extends Span {
  readonly role: Role;
  readonly text: string;
  /** Depends on the role; the empty string where there is nothing to say. */
  readonly detail: string;
}

type Emit = (span: Span, role: Role, text: string, detail?: string) => void;

const cache = new WeakMap<Item, readonly Word[]>();

/**
 * The words of an item that a question can be asked about, in the order of the text; offsets as in the tree. Cached by
 * the item.
 */
export function wordsOf(item: Item): readonly Word[] {
  const known = cache.get(item);
  if (known !== undefined) return known;
  const words: Word[] = [];
  const emit: Emit = (span, role, text, detail = "") => {
    if (span.end > span.start) words.push({ start: span.start, end: span.end, role, text, detail });
  };
  if (item.kind === "kernel" || item.kind === "config" || item.kind === "import") header(item, emit);
  else declaration(item, emit);
  words.sort((a, b) => a.start - b.start);
  cache.set(item, words);
  return words;
}

/** The word that holds the offset, or that ends there; null on white space, comments and punctuation. */
export function wordAt(item: Item, offset: number): Word | null {
  let touching: Word | null = null;
  for (const word of wordsOf(item)) {
    if (word.start > offset) break;
    if (offset < word.end) return word;
    if (offset === word.end) touching = word;
  }
  return touching;
}

function header(item: Header, emit: Emit): void {
  switch (item.kind) {
    case "kernel":
      for (const version of item.versions) emit(version, "version", version.text);
      return;
    case "config":
      for (const setting of item.settings) {
        emit(setting.option, "option", setting.option.text);
        if (setting.value !== null && typeof setting.value !== "string")
          emit(setting.value, "size", setting.value.number.text, setting.value.unit ?? "");
      }
      return;
    case "import":
      if (item.path !== null) emit(item.path, "path", item.path.value);
      return;
  }
}

function declaration(item: Declaration, emit: Emit): void {
  if (item.kind === "expect") {
    name(item.name, "reference", emit, "any");
    if (item.form !== null) form(item.form, emit);
    return;
  }
  name(item.name, "declared", emit, item.kind);
  switch (item.kind) {
    case "flags":
      mask(item.value, emit);
      return;
    case "transform":
      name(item.parameter, "parameter", emit);
      mask(item.body, emit);
      return;
    case "allocator":
      for (const parameter of item.parameters) name(parameter, "parameter", emit);
      name(item.callee, "api", emit);
      for (const each of item.arguments) mask(each, emit);
      return;
    case "context":
      name(item.like, "context", emit);
      for (const each of item.items) contextItem(each, emit);
      return;
    case "scope":
      for (const each of item.items) {
        emit({ start: each.start, end: each.start + each.kind.length }, "keyword", each.kind, "scope-item");
        mask(each.mask, emit);
      }
      return;
    case "request":
      name(item.like, "reference", emit, "request");
      for (const each of item.properties) property(each, emit);
      return;
    case "policy":
      name(item.like, "reference", emit, "policy");
      for (const api of item.apis) name(api, "api", emit);
      for (const each of item.clauses) clause(each, emit);
      return;
    case "memory":
      memory(item, emit);
      return;
  }
}

function memory({ like, source }: MemoryDeclaration, emit: Emit): void {
  name(like, "reference", emit, "memory");
  if (source === null) return;
  if (source.kind === "from") {
    emit(source.path, "path", source.path.value);
    return;
  }
  // In the order of the text, which the tree keeps apart.
  const items = [...source.facts, ...source.nodes].sort((a, b) => a.start - b.start);
  for (const each of items)
    if ("zones" in each) memoryNode(each, emit);
    else emit(each.keyword, "keyword", each.kind);
}

function memoryNode(node: NodeBlock, emit: Emit): void {
  const items = [...node.facts, ...node.zones].sort((a, b) => a.start - b.start);
  for (const each of items)
    if (!("facts" in each)) emit(each.keyword, "keyword", each.kind);
    else {
      name(each.name, "zone", emit);
      for (const fact of each.facts) zoneFact(fact, emit);
    }
}

function zoneFact(fact: ZoneFact, emit: Emit): void {
  emit(fact.keyword, "keyword", fact.kind);
  switch (fact.kind) {
    case "range":
      for (const each of fact.facts) zoneFact(each, emit);
      return;
    case "free":
      for (const { order } of fact.blocks) emit(order, "number", order.text, "order");
      return;
    case "watermarks":
    case "lowmem_reserve":
      for (const mark of fact.marks) {
        name(mark.name, fact.kind === "watermarks" ? "watermark" : "zone", emit);
        amount(mark.amount, emit);
      }
      return;
    default:
      if (fact.amount !== null) amount(fact.amount, emit);
  }
}

function amount(given: Amount, emit: Emit): void {
  if (given.kind === "pages") emit(given, "number", given.number.text, "pages");
  else emit(given, "size", given.size.number.text, given.size.unit ?? "");
}

function name(given: Name | null, role: Role, emit: Emit, detail = ""): void {
  if (given !== null) emit(given, role, given.text, detail);
}

function mask(given: Mask, emit: Emit): void {
  switch (given.kind) {
    case "name":
      emit(given, "mask", given.text);
      return;
    case "call":
      emit(given.callee, "call", given.callee.text);
      mask(given.argument, emit);
      return;
    case "number":
      emit(given, "literal", given.numeral.text);
      return;
    case "or":
    case "and":
    case "choice":
    case "equal":
      for (const operand of given.operands) mask(operand, emit);
      return;
    case "not":
    case "zero":
      mask(given.operand, emit);
      return;
    case "paren":
      mask(given.inner, emit);
      return;
    case "missing":
      return;
  }
}

function contextItem(item: ContextItem, emit: Emit): void {
  switch (item.kind) {
    case "in":
      name(item.context, "context", emit);
      return;
    case "holds":
      name(item.lock, "lock", emit);
      return;
    // Names of functions in C are no words of the language.
    case "for":
    case "between":
      return;
    case "scope":
      for (const scope of item.scopes) name(scope, "scope", emit);
      return;
  }
}

function property(item: Property, emit: Emit): void {
  emit(item.keyword, "keyword", item.kind);
  if ("number" in item) {
    if (item.number !== null) emit(item.number, "number", item.number.text, item.kind);
    return;
  }
  switch (item.kind) {
    case "api":
      name(item.api, "api", emit);
      return;
    case "size":
      if (item.size !== null) emit(item.size, "size", item.size.number.text, item.size.unit ?? "");
      return;
    case "flags":
      mask(item.mask, emit);
      return;
    case "context":
      name(item.context, "context", emit);
      return;
    case "node":
      if (item.node !== null && item.node !== "any") emit(item.node, "number", item.node.text, item.kind);
      return;
    case "zone":
      name(item.zone, "zone", emit);
      return;
    case "cache":
      for (const fact of item.facts) {
        emit({ start: fact.start, end: fact.start + fact.kind.length }, "keyword", fact.kind);
        if (fact.kind === "size" && fact.size !== null)
          emit(fact.size, "size", fact.size.number.text, fact.size.unit ?? "");
      }
      return;
    case "handles":
      if (item.handles !== null) emit(item.value, "keyword", item.handles);
      return;
    case "fallback":
      name(item.request, "reference", emit, "request");
      return;
    case "policy":
      for (const policy of item.policies) name(policy, "reference", emit, "policy");
      return;
    case "expect":
      for (const each of item.facts) fact(each, emit);
      return;
    case "waive":
      name(item.rule, "rule", emit);
      return;
  }
}

function fact(item: Fact, emit: Emit): void {
  name(item.name, "fact", emit);
  if (item.value === null) return;
  emit(item.value, "fact-value", item.value.text, item.name.text);
}

function effect(item: Effect, emit: Emit): void {
  name(item.name, "effect", emit);
  if (item.values === null) return;
  if (isNames(item.values)) {
    for (const value of item.values) emit(value, "effect-value", value.text, item.name.text);
  } else emit(item.values, "effect-value", item.values.text, item.name.text);
}

function isNames(values: NonNullable<Effect["values"]>): values is readonly Name[] {
  return Array.isArray(values);
}

function clause(item: Clause, emit: Emit): void {
  emit(item.keyword, "keyword", item.kind);
  switch (item.kind) {
    case "allow":
    case "forbid":
    case "warn":
      predicate(item.predicate, emit);
      return;
    case "require":
      predicate(item.predicate, emit);
      predicate(item.when, emit);
      return;
    case "ignore":
      for (const each of item.masks) mask(each, emit);
      return;
    case "mode":
      name(item.name, "mode", emit);
      if (item.when !== null) predicate(item.when, emit);
      for (const each of item.effects) effect(each, emit);
      return;
    case "stage":
      name(item.name, "stage", emit);
      for (const each of item.honours) mask(each, emit);
      return;
  }
}

function predicate(item: Predicate, emit: Emit): void {
  const keyword = (text: string): void => emit({ start: item.start, end: item.start + text.length }, "keyword", text);
  switch (item.kind) {
    case "mask":
      keyword(item.test);
      mask(item.mask, emit);
      return;
    case "in":
      keyword("in");
      name(item.context, "context", emit);
      return;
    case "measure":
      keyword(item.measure);
      if (item.size === null) return;
      if (item.measure !== "size" && item.size.unit === null)
        emit(item.size, "number", item.size.number.text, item.measure);
      else emit(item.size, "size", item.size.number.text, item.size.unit ?? "");
      return;
    case "model":
      keyword(item.test);
      return;
    case "or":
    case "and":
      for (const operand of item.operands) predicate(operand, emit);
      return;
    case "not":
      keyword("not");
      predicate(item.operand, emit);
      return;
    case "paren":
      predicate(item.inner, emit);
      return;
    case "missing":
      return;
  }
}

function form(item: ExpectForm, emit: Emit): void {
  switch (item.kind) {
    case "facts":
      name(item.on, "reference", emit, "memory");
      name(item.as, "fact-value", emit, "mode");
      for (const each of item.facts) fact(each, emit);
      return;
    case "forbids":
    case "allows":
      mask(item.mask, emit);
      return;
    case "within":
      name(item.policy, "reference", emit, "policy");
      return;
    case "gives":
      if (item.when !== null) predicate(item.when, emit);
      predicate(item.gives, emit);
      return;
  }
}
