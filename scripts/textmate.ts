// Writes grammar/allocpolicy.tmLanguage.json: the words from the parser's grammar and from the model, the shapes from
// here.
// usage: npm run build writes it if it is stale
import { readFileSync, writeFileSync } from "node:fs";
import { keywordUses, TIME_UNITS, UNITS } from "../grammar/index.ts";
import { allApis } from "../server/model/apis.ts";
import { CONTEXT_NAMES as BUILT_IN_CONTEXTS, LOCK, SCOPE } from "../server/model/contexts.ts";
import { HELD_NAMES, KERNEL_CONTEXTS } from "../server/model/kernel-contexts.ts";
import { FLAG_GROUPS } from "../server/model/kernels/flags/groups.ts";
import { ZONE_NAMES } from "../server/model/kernels/kernel.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../server/model/masks/mask.ts";
import { compositeText, flagText } from "../server/model/masks/names.ts";
import { CONFIG_OPTIONS } from "../server/policy-language/analysis/checked-kernels.ts";
import { EFFECTS, FACTS, WATERMARKS, type Valued } from "../server/service/descriptions/words.ts";
import { inRoot, isProgram } from "./paths.ts";

const CONTEXT_NAMES = [...BUILT_IN_CONTEXTS, ...KERNEL_CONTEXTS.keys()];

const FILE = "grammar/allocpolicy.tmLanguage.json";

interface Captures {
  readonly [group: string]: { readonly name: string };
}

/** A pattern of a TextMate grammar, as far as this one needs them. */
export interface Pattern {
  readonly include?: string;
  readonly name?: string;
  readonly match?: string;
  readonly captures?: Captures;
  readonly begin?: string;
  readonly beginCaptures?: Captures;
  readonly end?: string;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Pattern[];
}

export interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly patterns: readonly Pattern[];
  readonly repository: Readonly<Record<string, { readonly patterns: readonly Pattern[] }>>;
}

const scope = (name: string): string => `${name}.allocpolicy`;

/** The scopes of names and values; those of keywords are in `SCOPE_OF_RULE`. */
export const SCOPES = {
  api: scope("support.function"),
  flag: scope("constant.other.gfp"),
  context: scope("support.type.context"),
  lock: scope("support.type.lock"),
  contextScope: scope("support.type.scope"),
  zone: scope("support.type.zone"),
  option: scope("support.variable.option"),
  property: scope("support.type.property-name"),
  value: scope("constant.language"),
  number: scope("constant.numeric"),
  version: scope("constant.numeric.version"),
  unit: scope("keyword.other.unit"),
  string: scope("string.quoted.double"),
  rule: scope("entity.name.label"),
} as const;

const HEADER = scope("keyword.control.header");
const DECLARATION = scope("keyword.control.declaration");
const PROPERTY = scope("keyword.other.property");
const CLAUSE = scope("keyword.control.clause");
const CONTROL = scope("keyword.control");
const WORD_OPERATOR = scope("keyword.operator.word");
const MODEL_TEST = scope("support.variable");

/** Words that have a scope of their own, whatever the rule. */
const SCOPE_OF_WORD: Readonly<Record<string, string>> = {
  on: SCOPES.value,
  off: SCOPES.value,
  any: SCOPES.value,
  null: SCOPES.value,
  nothing: SCOPES.value,
  unknown: SCOPES.value,
  like: CONTROL,
  for: CONTROL,
  when: CONTROL,
  otherwise: CONTROL,
  honours: CONTROL,
  internal: CONTROL,
  because: CONTROL,
  from: CONTROL,
  report: CONTROL,
  as: CONTROL,
  awake: SCOPES.value,
  asleep: SCOPES.value,
  sleeps: MODEL_TEST,
  may_oom: MODEL_TEST,
  may_fail: MODEL_TEST,
};

/** The scope of a keyword, by the rule of the grammar that has it; the first of a word's rules counts. */
const SCOPE_OF_RULE: Readonly<Record<string, string>> = {
  property: PROPERTY,
  waiver: PROPERTY,
  contextItem: PROPERTY,
  scopeItem: PROPERTY,
  cacheFact: PROPERTY,
  memoryItem: PROPERTY,
  nodeItem: PROPERTY,
  nodeBlock: PROPERTY,
  zoneBlock: PROPERTY,
  returning: PROPERTY,
  duration: CONTROL,
  fact: CONTROL,
  zoneFact: PROPERTY,
  freeBlocks: PROPERTY,
  amount: SCOPES.unit,
  clause: CLAUSE,
  reason: CONTROL,
  mode: CONTROL,
  condition: WORD_OPERATOR,
  maskTest: WORD_OPERATOR,
  measureTest: PROPERTY,
  predicate: WORD_OPERATOR,
  kernelHeader: HEADER,
  configHeader: HEADER,
  importHeader: HEADER,
  flagsDeclaration: DECLARATION,
  flagDeclaration: DECLARATION,
  transformDeclaration: DECLARATION,
  allocatorDeclaration: DECLARATION,
  contextDeclaration: DECLARATION,
  scopeDeclaration: DECLARATION,
  requestDeclaration: DECLARATION,
  policyDeclaration: DECLARATION,
  memoryDeclaration: DECLARATION,
  expectDeclaration: DECLARATION,
};

/** The scopes that a keyword may have. @throws for a rule of the grammar without a scope */
export function scopesOfKeyword(word: string, rule: string): string {
  // `expect NAME on MEMORY`; elsewhere `on` is a value.
  const found = rule === "expectForm" ? CONTROL : (SCOPE_OF_WORD[word] ?? SCOPE_OF_RULE[rule]);
  if (found === undefined) throw new Error(`scripts/textmate.ts has no scope for the keyword ${word} of ${rule}`);
  return found;
}

/** One of the words, as a group; the longest first, so that none hides another that it begins. */
function oneOf(words: readonly string[]): string {
  const sorted = [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return `(?:${sorted.join("|")})`;
}

const group = (words: readonly string[]): string => `(${oneOf(words)})`;

/** Captures by their number, from 1 on. */
function captures(...names: readonly string[]): Captures {
  return Object.fromEntries(names.map((name, index) => [index + 1, { name }]));
}

function wordsOfScope(wanted: string): readonly string[] {
  return [
    ...new Set(
      keywordUses()
        .filter(({ word, rule }) => scopesOfKeyword(word, rule) === wanted)
        .map(({ word }) => word),
    ),
  ];
}

const include = (...names: readonly string[]): readonly Pattern[] => names.map((name) => ({ include: `#${name}` }));

const COMMENTS: readonly Pattern[] = [
  {
    name: scope("comment.line.documentation"),
    begin: "^\\s*(///)",
    beginCaptures: captures(scope("punctuation.definition.comment")),
    end: "$",
  },
  {
    name: scope("comment.line.double-slash"),
    begin: "(//)",
    beginCaptures: captures(scope("punctuation.definition.comment")),
    end: "$",
  },
  {
    name: scope("comment.block"),
    begin: "(/\\*)",
    beginCaptures: captures(scope("punctuation.definition.comment.begin")),
    end: "(\\*/)",
    endCaptures: captures(scope("punctuation.definition.comment.end")),
  },
];

const STRINGS: readonly Pattern[] = [
  {
    name: SCOPES.string,
    begin: '(")',
    beginCaptures: captures(scope("punctuation.definition.string.begin")),
    end: '(")|$',
    endCaptures: captures(scope("punctuation.definition.string.end")),
    patterns: [
      { name: scope("constant.character.escape"), match: '\\\\["\\\\]' },
      { name: scope("invalid.illegal.escape"), match: "\\\\." },
    ],
  },
];

function headers(): readonly Pattern[] {
  return [
    {
      begin: "\\b(kernel)\\b(?=\\s+(?:\\d|\\w+-\\d))",
      beginCaptures: captures(HEADER),
      end: '(?=[A-Za-z_{"](?!\\w*-\\d))|$',
      patterns: [
        ...include("comments"),
        { name: SCOPES.version, match: "(?:\\b[A-Za-z_]\\w*-)?\\b\\d+\\.(?:\\d+|x)(?:[.-]\\w+)*" },
        { name: scope("keyword.operator.range"), match: "\\.\\." },
        { name: scope("punctuation.separator"), match: "," },
      ],
    },
    {
      begin: "\\b(config)\\b\\s*(\\{)",
      beginCaptures: captures(HEADER, scope("punctuation.section.block")),
      end: "(\\})",
      endCaptures: captures(scope("punctuation.section.block")),
      patterns: [
        ...include("comments"),
        { match: `\\b${oneOf(CONFIG_OPTIONS)}\\b`, name: SCOPES.option },
        ...include("values"),
      ],
    },
    { match: '\\b(import)\\b(?=\\s*")', captures: captures(HEADER) },
  ];
}

const TYPE_NAME = scope("entity.name.type");

function declarations(): readonly Pattern[] {
  const assignment = scope("keyword.operator.assignment");
  return [
    {
      match: "\\b(flags)\\s+(\\w+)\\s*(=)",
      captures: captures(DECLARATION, scope("entity.name.constant"), assignment),
    },
    { match: "\\b(flag)\\s+(\\w+)", captures: captures(DECLARATION, scope("entity.name.constant")) },
    {
      match: "\\b(transform)\\s+(\\w+)\\s*(\\()\\s*(\\w+)\\s*(\\))\\s*(=)",
      captures: captures(
        DECLARATION,
        scope("entity.name.function"),
        scope("punctuation.definition.parameters.begin"),
        scope("variable.parameter"),
        scope("punctuation.definition.parameters.end"),
        assignment,
      ),
    },
    {
      match: "\\b(allocator)\\s+(\\w+)(?=\\s*\\()",
      captures: captures(DECLARATION, scope("entity.name.function")),
    },
    {
      match: `\\b(context)\\s+(\\w+)\\s+(like)\\s+${group(CONTEXT_NAMES)}\\b`,
      captures: captures(DECLARATION, TYPE_NAME, CONTROL, SCOPES.context),
    },
    {
      match: "\\b(context|request|policy|memory)\\s+(\\w+)\\s+(like)\\s+(\\w+)(?:\\s+(for)\\b)?",
      captures: captures(DECLARATION, TYPE_NAME, CONTROL, scope("entity.other.inherited-class"), CONTROL),
    },
    {
      match: "\\b(context|scope|request|policy|memory)\\s+(\\w+)(?=\\s*\\{)",
      captures: captures(DECLARATION, TYPE_NAME),
    },
    { match: "\\b(policy)\\s+(\\w+)\\s+(for)\\b", captures: captures(DECLARATION, TYPE_NAME, CONTROL) },
    { match: "\\b(memory)\\s+(\\w+)\\s+(from)\\b", captures: captures(DECLARATION, TYPE_NAME, CONTROL) },
    // The facts of an expectation; those of a request's own have no name before them.
    {
      begin: "\\b(expect)\\s+(\\w+)(?:\\s+(on)\\s+(\\w+))?(?:\\s+(as)\\s+(\\w+))?\\s*(\\{)",
      beginCaptures: captures(
        DECLARATION,
        TYPE_NAME,
        CONTROL,
        TYPE_NAME,
        CONTROL,
        scope("entity.name.tag"),
        scope("punctuation.section.block"),
      ),
      end: "(\\})",
      endCaptures: captures(scope("punctuation.section.block")),
      patterns: include("facts"),
    },
    { match: "\\b(expect)\\s+(\\w+)", captures: captures(DECLARATION, TYPE_NAME) },
  ];
}

function valuesOf(words: Readonly<Record<string, Valued>>): readonly string[] {
  return Object.values(words).flatMap(({ values }) => Object.keys(values));
}

/** What stands between braces as words and values: `sleeps never, drain lru | pcp`. */
function pairs(words: Readonly<Record<string, Valued>>): readonly Pattern[] {
  return [
    ...include("comments"),
    { match: "\\b(in)\\b(?=\\s+\\d)", name: CONTROL },
    {
      match: `\\b${group(Object.keys(words))}\\b(?:\\s+${group(valuesOf(words))}\\b)?`,
      captures: captures(SCOPES.property, SCOPES.value),
    },
    { match: `\\b${oneOf(valuesOf(words))}\\b`, name: SCOPES.value },
    ...include("numbers", "marks"),
  ];
}

function blocks(): readonly Pattern[] {
  return [
    {
      begin: "\\b(expect)\\s*(\\{)",
      beginCaptures: captures(PROPERTY, scope("punctuation.section.block")),
      end: "(\\})",
      endCaptures: captures(scope("punctuation.section.block")),
      patterns: include("facts"),
    },
    {
      begin: "\\b(mode)\\s+(\\w+)\\b(?=\\s+(?:when|otherwise)\\b|\\s*$)",
      beginCaptures: captures(CLAUSE, scope("entity.name.tag")),
      end: "(\\})",
      endCaptures: captures(scope("punctuation.section.block")),
      patterns: [
        {
          begin: "(\\{)",
          beginCaptures: captures(scope("punctuation.section.block")),
          end: "(?=\\})",
          patterns: include("effects"),
        },
        ...include("comments", "places", "words", "strings", "values"),
      ],
    },
    { match: "\\b(stage)\\s+(\\w+)\\b(?=\\s)", captures: captures(CLAUSE, scope("entity.name.tag")) },
    { match: "\\b(waive)\\s+(\\w[\\w-]*)", captures: captures(PROPERTY, SCOPES.rule) },
  ];
}

/** Names that mean something behind one word and nothing elsewhere. */
function places(): readonly Pattern[] {
  const scopes = oneOf(Object.keys(SCOPE));
  return [
    { match: `\\b(in)\\s+${group(CONTEXT_NAMES)}\\b`, captures: captures(WORD_OPERATOR, SCOPES.context) },
    { match: `\\b(context)\\s+${group(CONTEXT_NAMES)}\\b`, captures: captures(PROPERTY, SCOPES.context) },
    {
      match: `\\b(holds)\\s+${group([...Object.keys(LOCK), ...HELD_NAMES])}\\b`,
      captures: captures(PROPERTY, SCOPES.lock),
    },
    {
      match: `\\b(scope)\\s+(${scopes}(?:\\s*,\\s*${scopes})*)\\b`,
      captures: captures(PROPERTY, SCOPES.contextScope),
    },
    { match: `\\b(zone)\\s+${group(ZONE_NAMES)}\\b`, captures: captures(PROPERTY, SCOPES.zone) },
    { match: `\\b${group(Object.keys(WATERMARKS))}\\b(?=\\s+\\d)`, captures: captures(SCOPES.property) },
    { match: "\\b(cma|order|size|pages)\\b(?=\\s*[<>=])", captures: captures(PROPERTY) },
  ];
}

/** The keywords, each where no shape above has found it. */
function words(): readonly Pattern[] {
  // A word that is a property somewhere, and something else elsewhere, is coloured as the property.
  const taken = new Set<string>();
  return [PROPERTY, CLAUSE, WORD_OPERATOR, MODEL_TEST, SCOPES.value, CONTROL, SCOPES.unit, DECLARATION, HEADER].flatMap(
    (name): readonly Pattern[] => {
      const own = wordsOfScope(name).filter((word) => !taken.has(word));
      for (const word of own) taken.add(word);
      return own.length === 0 ? [] : [{ match: `\\b${oneOf(own)}\\b`, name }];
    },
  );
}

function values(): readonly Pattern[] {
  const flags = [...FLAG_NAMES.map(flagText), ...COMPOSITE_NAMES.map(compositeText), ...Object.keys(FLAG_GROUPS)];
  // Flags of other kernels look alike; that they are unknown here is a finding's business.
  const other = "(?:__)?GFP_[A-Z0-9_]+";
  return [
    { match: `\\b(?:${oneOf(flags)}|${other})\\b`, name: SCOPES.flag },
    { match: `\\b${oneOf(allApis().map(({ name }) => name))}\\b`, name: SCOPES.api },
    ...include("numbers"),
    { match: `\\b${oneOf([...valuesOf(FACTS), ...wordsOfScope(SCOPES.value)])}\\b`, name: SCOPES.value },
    { match: "\\b(\\w+)\\s*(?=\\()", captures: captures(scope("entity.name.function")) },
    ...include("marks"),
  ];
}

const NUMBERS: readonly Pattern[] = [
  {
    match: `\\b((?:0[xX][0-9A-Fa-f]+|\\d+)[uUlL]*)(?:\\s*\\b${group([...UNITS, ...TIME_UNITS, "pages"])}\\b)?`,
    captures: captures(SCOPES.number, SCOPES.unit),
  },
];

const MARKS: readonly Pattern[] = [
  { match: "\\|\\||&&|[!?^]", name: scope("invalid.illegal.operator") },
  { match: "<=|>=|==|!=|<|>", name: scope("keyword.operator.comparison") },
  { match: "[|&~]", name: scope("keyword.operator.bitwise") },
  { match: "!", name: scope("keyword.operator.logical") },
  { match: "\\?", name: scope("keyword.operator.ternary") },
  { match: "=", name: scope("keyword.operator.assignment") },
  { match: "[{}]", name: scope("punctuation.section.block") },
  { match: "[()]", name: scope("punctuation.section.parens") },
  { match: "[,:;]", name: scope("punctuation.separator") },
];

/** The TextMate grammar as the parser and the model have it today. */
export function textMateGrammar(): TextMateGrammar {
  return {
    name: "AllocPolicy",
    scopeName: "source.allocpolicy",
    patterns: include("comments", "headers", "declarations", "blocks", "places", "words", "strings", "values"),
    repository: {
      comments: { patterns: COMMENTS },
      strings: { patterns: STRINGS },
      headers: { patterns: headers() },
      declarations: { patterns: declarations() },
      blocks: { patterns: blocks() },
      places: { patterns: places() },
      words: { patterns: words() },
      facts: { patterns: pairs(FACTS) },
      effects: { patterns: pairs(EFFECTS) },
      values: { patterns: values() },
      numbers: { patterns: NUMBERS },
      marks: { patterns: MARKS },
    },
  };
}

/** The text of the file as it should be. */
export function textMateText(): string {
  return `${JSON.stringify(textMateGrammar(), null, 2)}\n`;
}

/** Whether the committed file is another. */
export function isTextMateStale(): boolean {
  return readFileSync(inRoot(FILE), "utf8") !== textMateText();
}

/** Writes the file if it is stale. @returns what was written */
export function writeTextMate(): readonly string[] {
  if (!isTextMateStale()) return [];
  writeFileSync(inRoot(FILE), textMateText());
  return [FILE];
}

if (isProgram(import.meta.url)) for (const path of writeTextMate()) console.log(`wrote ${path}`);
