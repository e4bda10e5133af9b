import type { Clause, Declaration, ExpectForm, Item, Mask, Name, Predicate, Property } from "../../../grammar/ast.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { CONTEXT_NAMES, isScopeName } from "../../model/contexts.ts";
import { FLAG_GROUPS } from "../../model/kernels/flags/groups.ts";
import { FLAG_NAMES, COMPOSITE_NAMES } from "../../model/masks/mask.ts";

import { compositeText, flagText, wasRemoved } from "../../model/masks/names.ts";
import type { NameSpace } from "./environment.ts";

/** What a name is used for, where one space serves several purposes. */
export type UseRole =
  | "alias"
  | "call"
  | "like"
  | "in"
  | "context"
  | "scope"
  | "fallback"
  | "policy"
  | "expect"
  | "on"
  | "within";

/** What stands in the subject space. */
export type SubjectKind = "request" | "policy" | "transform";

export interface NameUse {
  readonly space: NameSpace;
  readonly role: UseRole;
  readonly name: Name;
  /**
   * In the subject space, where the role alone does not say it: what a `like` continues, what an expectation speaks of.
   */
  readonly kind?: SubjectKind;
  /** In a mask, the parameter of the declaration, which stands for a mask as well. */
  readonly parameter?: string;
}

/** The names that a region declares and uses. Depends on the region alone. */
export interface RegionNames {
  readonly declares: Name | null;
  /** Keys of what it declares, see `nameKey` and `apiKey`: what other regions may depend on. */
  readonly exports: readonly string[];
  readonly uses: readonly NameUse[];
  /** Keys of what it uses, each once. */
  readonly needs: readonly string[];
  /** Of a damaged region: the words in it, any of which may be a name that the damage hides. */
  readonly words: readonly string[];
}

/** The kinds of declarations that a use may stand for. */
export function wantedKinds({ space, role, kind }: Omit<NameUse, "name">): readonly Declaration["kind"][] {
  switch (role) {
    case "alias":
      return ["flags", "flag"];
    case "call":
      return ["transform"];
    case "scope":
      return ["scope"];
    case "in":
    case "context":
      return ["context", "scope"];
    case "on":
      return ["memory"];
    case "policy":
    case "within":
      return ["policy"];
    case "fallback":
      return ["request"];
    case "expect":
      return kind === undefined ? ["request", "policy", "transform"] : [kind];
    case "like":
      if (space === "context") return ["context", "scope"];
      return [space === "memory" ? "memory" : (kind ?? "request")];
  }
}

/** What each form of expectation can be true of. */
const EXPECTED: Readonly<Record<ExpectForm["kind"], SubjectKind>> = {
  facts: "request",
  forbids: "policy",
  allows: "policy",
  within: "policy",
  gives: "transform",
};

/** The key of a name in its space: one string, so that a set of them can be asked quickly. */
export function nameKey(space: NameSpace, name: string): string {
  return `${space}:${name}`;
}

/** The key of "the policies that are `for` this API": requests that call it depend on them without naming them. */
export function apiKey(api: string): string {
  return `api:${api}`;
}

/** What a need is a name of: of a declaration in its space, or of an API. */
export type NeedSpace = NameSpace | "api";

export function needKey(space: NeedSpace, name: string): string {
  return space === "api" ? apiKey(name) : nameKey(space, name);
}

/** A name that stands for needs. */
export interface NeedPlace {
  /** Its offset in the region. */
  readonly start: number;
  readonly spaces: readonly NeedSpace[];
}

/** The key of "what the log of this path holds": a state that is read from it depends on that. */
export function logKey(path: string): string {
  return `log:${path}`;
}

/** The spaces that a declaration of each kind puts its name in. */
const SPACES_OF: Readonly<Record<Item["kind"], readonly NameSpace[]>> = {
  flags: ["mask"],
  flag: ["mask"],
  transform: ["mask", "subject"],
  allocator: ["allocator"],
  context: ["context"],
  scope: ["context"],
  request: ["subject"],
  policy: ["subject"],
  memory: ["memory"],
  expect: [],
  kernel: [],
  config: [],
  import: [],
};

/** The spaces that a declaration of this kind puts its name in. */
export function spacesOf(kind: Item["kind"]): readonly NameSpace[] {
  return SPACES_OF[kind];
}

const NO_KEYS: readonly string[] = [];

/** Keys of what a region declares, as `RegionNames.exports`; known without the region's tree, but for some policies. */
export function exportsOf(region: Region): readonly string[] {
  const { kind, name } = region;
  if (kind === null) return NO_KEYS;
  if (mayBeFor(region)) return namesOf(region).exports;
  return name === null ? NO_KEYS : spacesOf(kind).map((space) => nameKey(space, name));
}

/** What a policy is `for`, its tree says. */
export function mayBeFor({ kind, text }: Region): boolean {
  return kind === "policy" && /\bfor\b/.test(text);
}

const NO_NAMES: RegionNames = { declares: null, exports: [], uses: [], needs: [], words: [] };
const cache = new WeakMap<Region, RegionNames>();

export function namesOf(region: Region): RegionNames {
  if (region.kind === null && region.problems.length === 0) return NO_NAMES;
  const known = cache.get(region);
  if (known !== undefined) return known;
  const names = region.item === null ? NO_NAMES : collect(region.item);
  const whole = region.problems.length === 0 ? names : { ...names, words: wordsOf(region) };
  cache.set(region, whole);
  return whole;
}

/** Words that are kept of one damaged region: a pasted novel declares nothing. */
const MOST_WORDS = 2000;

/** No declaration may have one of these names, and every request uses some: what leans on them hangs on no damage. */
export const BUILT_IN: ReadonlySet<string> = new Set([
  ...FLAG_NAMES.map(flagText),
  ...COMPOSITE_NAMES.map(compositeText),
  ...Object.keys(FLAG_GROUPS),
  ...CONTEXT_NAMES,
]);

/** A mask has such a name without a declaration, in some kernel. */
export const isMaskOfKernels = (name: string): boolean => BUILT_IN.has(name) || wasRemoved(name);

/** The words of a damaged region, as they stand and with the damage taken out: `napi#poll` may have been `napipoll`. */
function wordsOf(region: Region): readonly string[] {
  const words = new Set<string>();
  const add = (text: string): void => {
    for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) {
      if (words.size >= MOST_WORDS) return;
      if (!BUILT_IN.has(word)) words.add(word);
    }
  };
  add(region.text);
  let mended = "";
  let at = 0;
  for (const { start, end } of region.problems) {
    if (start < at) continue;
    mended += region.text.slice(at, start);
    at = end;
  }
  add(mended + region.text.slice(at));
  return [...words];
}

/** In which spaces a name may be declared by what cannot be read. */
export const DAMAGED_SPACES: readonly NameSpace[] = ["mask", "context", "subject", "memory"];

function collect(item: Item): RegionNames {
  if (item.kind === "kernel" || item.kind === "config" || item.kind === "import") return NO_NAMES;
  const collector = new NameCollector();
  collector.item(item);
  const { uses, exports, needs } = collector;
  const declares = item.kind === "expect" ? null : item.name;
  if (declares !== null) for (const space of spacesOf(item.kind)) exports.push(nameKey(space, declares.text));
  return { declares, exports, uses, needs: [...needs], words: [] };
}

/** Where the needs of an item stand; null: one of them is no name. */
export function needPlaces(item: Item): readonly NeedPlace[] | null {
  if (item.kind === "kernel" || item.kind === "config" || item.kind === "import") return [];
  if (item.kind === "memory") return null;
  const collector = new NameCollector();
  collector.item(item);
  return [...collector.places].map(([start, spaces]) => ({ start, spaces }));
}

class NameCollector {
  readonly uses: NameUse[] = [];
  readonly exports: string[] = [];
  readonly needs = new Set<string>();
  readonly places = new Map<number, NeedSpace[]>();

  item(item: Exclude<Item, { readonly kind: "kernel" | "config" | "import" }>): void {
    switch (item.kind) {
      case "flags":
        this.#mask(item.value);
        break;
      case "flag":
        break;
      case "transform":
        this.#mask(item.body, item.parameter === null ? [] : [item.parameter]);
        break;
      case "allocator":
        for (const mask of item.arguments) this.#mask(mask, item.parameters);
        break;
      case "context":
        this.#use("context", "like", item.like);
        for (const part of item.items) {
          if (part.kind === "in") this.#use("context", "in", part.context);
          else if (part.kind === "scope")
            for (const scope of declaredScopes(part.scopes)) this.#use("context", "scope", scope);
        }
        break;
      case "scope":
        for (const part of item.items) this.#mask(part.mask);
        break;
      case "request":
        this.#use("subject", "like", item.like, "request");
        for (const property of item.properties) this.#property(property);
        break;
      case "policy":
        this.#use("subject", "like", item.like, "policy");
        for (const api of item.apis) this.exports.push(apiKey(api.text));
        for (const clause of item.clauses) this.#clause(clause);
        break;
      case "memory":
        this.#use("memory", "like", item.like);
        if (item.source?.kind === "from") this.needs.add(logKey(item.source.path.value));
        break;
      case "expect":
        this.#use("subject", "expect", item.name, item.form === null ? undefined : EXPECTED[item.form.kind]);
        // Where no subject has the name, a mask that has it is what the expectation is wrongly about.
        if (item.name !== null) this.#need("mask", item.name);
        if (item.form !== null) this.#expectation(item.form);
        break;
    }
  }

  #property(property: Property): void {
    switch (property.kind) {
      case "api":
        if (property.api !== null) this.#need("api", property.api);
        break;
      case "flags":
        this.#mask(property.mask);
        break;
      case "context":
        this.#use("context", "context", property.context);
        break;
      case "fallback":
        if (property.request?.text !== "none") this.#use("subject", "fallback", property.request);
        break;
      case "policy":
        for (const policy of property.policies) this.#use("subject", "policy", policy);
        break;
      default:
        break;
    }
  }

  #clause(clause: Clause): void {
    switch (clause.kind) {
      case "allow":
      case "forbid":
      case "warn":
        this.#predicate(clause.predicate);
        break;
      case "require":
        this.#predicate(clause.predicate);
        this.#predicate(clause.when);
        break;
      case "ignore":
        for (const mask of clause.masks) this.#mask(mask);
        break;
      case "mode":
        if (clause.when !== null) this.#predicate(clause.when);
        break;
      case "stage":
        for (const mask of clause.honours) this.#mask(mask);
        break;
    }
  }

  #expectation(form: ExpectForm): void {
    switch (form.kind) {
      case "facts":
        this.#use("memory", "on", form.on);
        break;
      case "forbids":
      case "allows":
        this.#mask(form.mask);
        break;
      case "within":
        this.#use("subject", "within", form.policy);
        break;
      case "gives":
        if (form.when !== null) this.#predicate(form.when);
        this.#predicate(form.gives);
        break;
    }
  }

  /** @param parameters those of the declaration: their names are no use of another one, unless they are called */
  #mask(mask: Mask, parameters: readonly Name[] = []): void {
    const [first] = parameters;
    const known = first === undefined ? {} : { parameter: first.text };
    eachMaskName(mask, (role, name) => {
      if (role !== "call" && parameters.some(({ text }) => text === name.text)) return;
      this.uses.push({ space: "mask", role, name, ...known });
      this.#need("mask", name);
    });
  }

  #predicate(predicate: Predicate): void {
    eachPredicateLeaf(predicate, (leaf) => {
      if (leaf.kind === "mask") this.#mask(leaf.mask);
      else if (leaf.kind === "in") this.#use("context", "in", leaf.context);
    });
  }

  #use(space: NameSpace, role: UseRole, name: Name | null, kind?: SubjectKind): void {
    if (name === null) return;
    this.uses.push(kind === undefined ? { space, role, name } : { space, role, name, kind });
    this.#need(space, name);
  }

  #need(space: NeedSpace, name: Name): void {
    this.needs.add(needKey(space, name.text));
    const spaces = this.places.get(name.start);
    if (spaces === undefined) this.places.set(name.start, [space]);
    else if (!spaces.includes(space)) spaces.push(space);
  }
}

/** Of the scopes of a context those that a file must declare: the kernel's own are what their names say everywhere. */
export const declaredScopes = (scopes: readonly Name[]): readonly Name[] =>
  scopes.filter(({ text }) => !isScopeName(text));

/** Visits the names of a mask from left to right, with a stack of its own: a mask may be nested to any depth. */
export function eachMaskName(mask: Mask, visit: (role: "alias" | "call", name: Name) => void): void {
  const stack: Mask[] = [mask];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    switch (node.kind) {
      case "name":
        visit("alias", node);
        break;
      case "call":
        visit("call", node.callee);
        stack.push(node.argument);
        break;
      case "or":
      case "and":
      case "choice":
      case "equal":
        for (let i = node.operands.length - 1; i >= 0; i--) {
          const operand = node.operands[i];
          if (operand !== undefined) stack.push(operand);
        }
        break;
      case "not":
      case "zero":
        stack.push(node.operand);
        break;
      case "paren":
        stack.push(node.inner);
        break;
      case "number":
      case "missing":
        break;
    }
  }
}

export type PredicateLeaf = Extract<Predicate, { readonly kind: "mask" | "in" | "measure" | "model" }>;

/** Visits the tests of a predicate from left to right; any depth. */
export function eachPredicateLeaf(predicate: Predicate, visit: (leaf: PredicateLeaf) => void): void {
  const stack: Predicate[] = [predicate];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    switch (node.kind) {
      case "or":
      case "and":
        for (let i = node.operands.length - 1; i >= 0; i--) {
          const operand = node.operands[i];
          if (operand !== undefined) stack.push(operand);
        }
        break;
      case "not":
        stack.push(node.operand);
        break;
      case "paren":
        stack.push(node.inner);
        break;
      case "missing":
        break;
      default:
        visit(node);
        break;
    }
  }
}
