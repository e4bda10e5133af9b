import { checkRegions } from "../policy-language/check/check.ts";
import type { PolicyDeclaration, RequestDeclaration } from "../../grammar/ast.ts";
import {
  bareRegion,
  TIME_UNITS,
  expectedAt,
  PROPERTY_WORDS,
  requestProperty,
  type Expected,
  type NameRole,
  type PropertyWord,
  type RequestProperty,
  type Wanted,
} from "../../grammar/index.ts";
import type { Region, SourceFile } from "../../grammar/source-file.ts";
import type { Environment, NameSpace } from "../policy-language/analysis/environment.ts";
import { resolveRequest, type ResolvedRequest } from "../policy-language/requests/requests.ts";
import { catalogue } from "../policy-language/catalogue.ts";
import { CONFIG_OPTIONS } from "../policy-language/analysis/checked-kernels.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { allApis, apiNamed, needsMask } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import { maskParameter, parametersOf } from "../model/prototype.ts";
import { FLAG_GROUPS } from "../model/kernels/flags/groups.ts";
import { PAGE_SIZES } from "../model/kernels/build-options.ts";
import { knownKernels, mainlineReleases } from "../model/kernels/kernels.ts";
import { importsOf, policyFiles } from "../policy-language/analysis/policy-files.ts";
import { sizeText } from "../policy-language/analysis/sizes.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { compositeText, flagText } from "../model/masks/names.ts";
import { objectionsTo, rulesAgainst } from "./candidates.ts";
import { declaredIn, type DeclaredName } from "./declared.ts";
import {
  CONTEXTS,
  type DECLARATIONS,
  EFFECTS,
  FACTS,
  HEADERS,
  LOCKS,
  type Valued,
  SCOPES,
  WATERMARKS,
  ZONES,
} from "./descriptions/words.ts";
import { newestKernel } from "./features-of-file.ts";
import { pathBetween } from "./file-renames.ts";
import { describeName } from "./hover.ts";
import { FLAG_NAMES, COMPOSITE_NAMES, hex } from "../model/masks/mask.ts";
import { apisByUse, compositesByUse, flagsByUse } from "./most-used.ts";
import { regionAt } from "./regions.ts";
import { treatmentKind } from "./treatment.ts";

export type CompletionKind =
  | "keyword"
  | "property"
  | "flag"
  | "composite"
  | "mask"
  | "function"
  | "context"
  | "value"
  | "unit"
  | "kernel"
  | "rule"
  | "name"
  | "file"
  | "snippet";

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /**
   * What is written: mostly the label and nothing else, so that a key that accepts a word which is whole already
   * changes nothing. `snippet`, where there is one, has `$1`-style stops for editors that know them.
   */
  readonly insert: string;
  readonly snippet: string | null;
  /** A few words beside the label. */
  readonly detail: string | null;
  /** Why it is of no use here; such items come last. */
  readonly useless: string | null;
  /** What `resolveCompletion` is asked for the documentation. */
  readonly topic: string | null;
  /** What is typed is the user's own, such as a number: it is offered only as long as nothing is. */
  readonly example: boolean;
}

export interface CompletionList {
  /** The text that a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** More typing may bring other items. */
  readonly incomplete: boolean;
  readonly items: readonly Completion[];
}

const MOST_ITEMS = 300;
/** The rules of the grammar whose keywords are facts of something. */
const PROPERTY_RULES: ReadonlySet<string> = new Set(["cacheFact", "memoryItem", "nodeItem", "zoneFact"]);
/** Longer text before the cursor within one declaration is not walked through. */
const LONGEST_PREFIX = 200_000;

/** Characters after which an editor asks by itself; within a path only those that a path has. */
export const TRIGGERS: readonly string[] = [" ", "|", "&", "~", "(", ",", '"', "/"];
const PATH_TRIGGERS: ReadonlySet<string> = new Set(['"', "/"]);

/** The word that ends at the cursor: a name, a rule's or a vendor's with its hyphens, a version, a number. */
const TYPED = /(?:[A-Za-z_]\w*(?:-(?:\w|\.(?!\.))*)*|\d(?:[\w-]|\.(?!\.))*)$/;
/** The beginning of a path that an import names. */
const OPEN_IMPORT = /(?:^|\n)[ \t]*import[ \t]*"([^"\n]*)$/;

/** What can be written at an offset. `trigger`: the character that asked, null when the user did. */
export function completionsAt(
  workspace: Workspace,
  uri: string,
  offset: number,
  trigger: string | null,
): CompletionList {
  const environment = environmentOf(workspace, uri);
  const nothing: CompletionList = { start: offset, end: offset, incomplete: false, items: [] };
  if (environment === null) return nothing;
  const around = textAround(environment.file, offset);
  if (around === null) return nothing;
  const before = around.text.slice(0, around.offset);
  const path = OPEN_IMPORT.exec(before)?.[1];
  if (path !== undefined) return importsAt(workspace, environment, offset, path);
  if (trigger !== null && PATH_TRIGGERS.has(trigger)) return nothing;
  const typed = TYPED.exec(before)?.[0] ?? "";
  const expected = expectedAt(around.text, around.offset - typed.length);
  if (expected === null) return nothing;
  let { wanted } = expected;
  // After a space only what must follow is offered, not what goes on or begins something new.
  if (trigger === " ") wanted = wanted.filter((one) => !one.begins && (one.kind !== "keyword" || !one.optional));
  // A number that is being typed is the user's own, but for versions.
  if (/^\d/.test(typed)) wanted = wanted.filter(({ role }) => role === "version" || role === "mask");
  const fitting = new Offer(workspace, environment, around, expected, typed).of(wanted);
  const sorted = [
    ...fitting.filter((item) => item.useless === null),
    ...fitting.filter((item) => item.useless !== null),
  ];
  return {
    start: offset - typed.length,
    end: offset,
    incomplete: sorted.length > MOST_ITEMS,
    items: sorted.slice(0, MOST_ITEMS),
  };
}

/** The other files of the folder and below, as an import names them: `typed` is what stands of the path already. */
function importsAt(workspace: Workspace, { uri, file }: Environment, offset: number, typed: string): CompletionList {
  const imported = new Set(importsOf(uri, file));
  const items = policyFiles(workspace)
    .filter(([other]) => other !== uri && !imported.has(other))
    .flatMap(([other]) => pathBetween(uri, other) ?? [])
    .filter((path) => fits(path, typed.toLowerCase()))
    .sort((one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1));
  const rest = /^[^"\n]*/.exec(file.text.slice(offset))?.[0].length ?? 0;
  return {
    start: offset - typed.length,
    end: offset + (file.text[offset + rest] === '"' ? rest : 0),
    incomplete: items.length > MOST_ITEMS,
    items: items.slice(0, MOST_ITEMS).map((path) => item(path, "file")),
  };
}

const depthOf = (path: string): number => path.split("/").length;

/** The documentation of an item, as Markdown; null where there is none. */
export function resolveCompletion(workspace: Workspace, uri: string, topic: string): string | null {
  const environment = environmentOf(workspace, uri);
  const [kind, name] = topic.split(":", 2);
  return environment === null || kind === undefined || name === undefined
    ? null
    : describeName(kind, name, environment);
}

/**
 * The text of the declaration around the offset, and the offset in it; where the cursor stands in white space behind an
 * open declaration, that one's too.
 */
function textAround(
  file: SourceFile,
  offset: number,
): { readonly text: string; readonly offset: number; readonly region: Region; readonly index: number } | null {
  const placed = regionAt(file, Math.max(0, offset - 1)) ?? regionAt(file, offset);
  if (placed === null) return { text: file.text, offset, region: EMPTY_REGION, index: 0 };
  let { region, index } = placed;
  let { text } = region;
  let at = offset - placed.start;
  while (index > 0 && isBlank(text.slice(0, at)) && at < LONGEST_PREFIX) {
    const previous = file.regions[index - 1];
    if (previous === undefined) break;
    index -= 1;
    region = previous;
    text = previous.text + text;
    at += previous.text.length;
  }
  return at > LONGEST_PREFIX ? null : { text, offset: at, region, index };
}

/** Stands for the region in a file that has none. */
const EMPTY_REGION: Region = bareRegion("");

function isBlank(text: string): boolean {
  return /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/.test(text);
}

/** The letters typed, in lower case, stand in the label in their order, in any case. */
function fits(label: string, typed: string): boolean {
  if (typed === "") return true;
  let at = 0;
  const text = label.toLowerCase();
  for (let i = 0; i < text.length && at < typed.length; i += 1) if (text[i] === typed[at]) at += 1;
  return at === typed.length;
}

interface Extra {
  readonly insert?: string;
  readonly snippet?: string;
  readonly detail?: string;
  readonly useless?: string | null;
  readonly topic?: string;
  readonly example?: true;
}

function item(label: string, kind: CompletionKind, extra: Extra = {}): Completion {
  const useless = extra.useless ?? null;
  const detail = [extra.detail, useless]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .join(" · ");
  return {
    label,
    kind,
    insert: extra.insert ?? label,
    snippet: extra.snippet ?? null,
    detail: detail === "" ? null : detail,
    useless,
    topic: extra.topic ?? null,
    example: extra.example ?? false,
  };
}

function described(
  words: Readonly<Record<string, string | { readonly meaning: string }>>,
  kind: CompletionKind,
  topic: string,
): readonly Completion[] {
  return Object.keys(words).map((name) => item(name, kind, { topic: `${topic}:${name}` }));
}

/** What is offered in one declaration. */
class Offer {
  readonly #workspace: Workspace;
  readonly #environment: Environment;
  readonly #region: Region;
  readonly #index: number;
  readonly #expected: Expected;
  readonly #typed: string;

  constructor(
    workspace: Workspace,
    environment: Environment,
    { region, index }: { readonly region: Region; readonly index: number },
    expected: Expected,
    typed: string,
  ) {
    this.#workspace = workspace;
    this.#environment = environment;
    this.#region = region;
    this.#index = index;
    this.#expected = expected;
    this.#typed = typed.toLowerCase();
  }

  /** Whether it is offered for what is typed. */
  #fits(label: string): boolean {
    return fits(label, this.#typed);
  }

  /**
   * Whether it is what is typed. Then it is offered even where it is of no use: in a list without it, Enter would take
   * its neighbour.
   */
  #isWhole(label: string): boolean {
    return label.toLowerCase() === this.#typed;
  }

  /** The items for each thing that the parser wants, in its order; each label once. */
  of(wanted: readonly Wanted[]): readonly Completion[] {
    const items = new Map<string, Completion>();
    const done = new Set<string>();
    for (const one of wanted) {
      const { group, items: found } = this.#group(one);
      if (done.has(group)) continue;
      done.add(group);
      for (const each of found()) if (this.#fits(each.label) && !items.has(each.label)) items.set(each.label, each);
    }
    return [...items.values()];
  }

  /** The items that stand for what is wanted, with those of its kind: a group is asked for once. */
  #group({ kind, text, role, rule, begins }: Wanted): {
    readonly group: string;
    readonly items: () => readonly Completion[];
  } {
    switch (kind) {
      case "mark":
        return rule === "configHeader" && text === "LCurly"
          ? { group: "options in braces", items: () => optionsInBraces() }
          : { group: "", items: () => [] };
      case "text":
        return { group: "", items: () => [] };
      case "unit":
        return text === "TimeUnit"
          ? { group: "time", items: () => TIME_UNITS.map((unit) => item(unit, "unit", { topic: `unit:${unit}` })) }
          : {
              group: "unit",
              items: () => UNITS.map(([unit, means]) => item(unit, "unit", { detail: means, topic: `unit:${unit}` })),
            };
      case "keyword":
        if (rule.endsWith("Declaration") || rule.endsWith("Header")) {
          if (begins) return { group: "items", items: () => this.#items() };
        }
        if (rule === "property" && begins) return { group: "properties", items: () => this.#properties() };
        return { group: `${rule} ${text}`, items: () => this.#keyword(rule, text) };
      case "name":
        return role === null
          ? { group: "", items: () => [] }
          : { group: `role ${role}`, items: () => this.#names(role) };
      case "number":
        return role === null || role === "fact-value" || role === "effect-value"
          ? { group: `number ${rule}`, items: () => this.#numbers(rule, role) }
          : { group: `role ${role}`, items: () => this.#names(role) };
    }
  }

  #keyword(rule: string, word: string): readonly Completion[] {
    switch (rule) {
      case "configHeader":
        return valuesOfOption(this.#lastWord()).includes(word) ? [item(word, "value")] : [];
      default: {
        const kind = PROPERTY_RULES.has(rule) ? "property" : "keyword";
        return [item(word, kind, { topic: `keyword ${rule}:${word}` })];
      }
    }
  }

  #names(role: NameRole): readonly Completion[] {
    switch (role) {
      case "declared":
      case "rest":
      case "separator":
        return [];
      case "version":
        return versions().map((name) => item(name, "kernel", { topic: `kernel:${name}` }));
      case "option":
        return CONFIG_OPTIONS.map((name) => item(name, "property", { topic: `option:${name}` }));
      case "option-value":
        return valuesOfOption(this.#lastWord()).map((value) => item(value, "value"));
      case "mask":
        return this.#masks();
      case "api":
        return this.#apis();
      case "context":
        return this.#contexts();
      case "lock":
        return described(LOCKS, "context", "lock");
      case "scope":
        return [...this.#scopes(), ...described(SCOPES, "context", "scope")];
      case "zone":
        return described(ZONES, "value", "zone");
      case "subject":
        return this.#subjects("any");
      case "request":
      case "policy":
        return this.#subjects(role);
      case "fallback":
        return [...this.#subjects("request"), item("none", "keyword")];
      case "memory":
        return this.#declared("memory").map(({ name }) => item(name, "name"));
      case "rule":
        return this.#rules();
      case "fact":
        return this.#facts();
      case "fact-value":
        return this.#factValues(this.#wordOf("fact"));
      case "effect":
        return described(EFFECTS, "property", "effect");
      case "effect-value":
        return valueItems(EFFECTS, "effect", this.#wordOf("effect"));
      case "mode":
        return this.#modeNames();
      case "watermark":
        if (this.#wordOf("zoneFact") === "lowmem_reserve") return described(ZONES, "value", "zone");
        return Object.keys(WATERMARKS).map((name) => item(name, "keyword", { topic: `watermark:${name}` }));
    }
  }

  /** Examples of a number, in the terms of what it counts. */
  #numbers(rule: string, role: NameRole | null): readonly Completion[] {
    const example = (label: string, detail?: string): Completion =>
      item(label, "value", { example: true, ...(detail === undefined ? {} : { detail }) });
    switch (this.#counted(rule, role)) {
      case "order": {
        const kernel = newestKernel(this.#environment);
        if (kernel === null) return [];
        return Array.from({ length: kernel.maxOrder + 1 }, (_, order) =>
          example(String(order), sizeText(2 ** order * kernel.options.pageBytes)),
        );
      }
      case "size":
        return ["64 B", "256 B", "4 KiB", "64 KiB", "1 MiB", "128 MiB"].map((size) => example(size));
      case "amount":
        return ["4 GiB", "256 MiB", "512 pages"].map((size) => example(size));
      case "time":
        return ["50 us", "20 ms", "3 tries"].map((time) => example(time));
      case "share":
        return ["1 %", "50 %", "95 %"].map((share) => example(share));
      case "cpus":
        return ["8", "16", "64"].map((count) => example(count));
      case "pages":
        return ["1", "16", "512"].map((count) => example(count));
      case "count":
        return ["1", "16", "32"].map((count) => example(count));
      case "align":
        return ["8", "64"].map((bytes) => example(bytes));
      case "node":
        return ["0", "1"].map((node) => example(node));
      case "retries":
        return ["0", "1", "5", "10"].map((count) => example(count));
      default:
        return [];
    }
  }

  /** What a number counts: by the word before it, or by the construct that it stands in. */
  #counted(rule: string, role: NameRole | null): string {
    if (role === "fact-value") return this.#wordOf("fact");
    if (role === "effect-value") return this.#wordOf("effect");
    switch (rule) {
      case "amount":
        return "amount";
      case "nodeBlock":
        return "node";
      case "size": {
        const measure = this.#expected.around.findLast((each) => each.rule === "measureTest");
        return measure === undefined ? "size" : (this.#expected.words[measure.from] ?? "");
      }
      case "time":
        return "time";
      case "share":
        return "share";
      case "freeBlocks":
        return this.#lastWord() === "order" ? "order" : "count";
      default:
        return this.#lastWord();
    }
  }

  #lastWord(): string {
    return this.#expected.words.at(-1) ?? "";
  }

  /** The word that begins the innermost construct of this kind. */
  #wordOf(rule: string): string {
    const { around, words } = this.#expected;
    return words[around.findLast((each) => each.rule === rule)?.from ?? words.length] ?? "";
  }

  #facts(): readonly Completion[] {
    const onMemory = this.#wordOf("expectForm") === "on";
    return Object.entries(FACTS)
      .filter(([, fact]) => !onMemory || fact.onMemory)
      .map(([name]) => item(name, "property", { topic: `fact:${name}` }));
  }

  /** The modes of the policies that can be seen. */
  #modeNames(): readonly Completion[] {
    const names = this.#environment
      .visible("subject")
      .filter(({ kind }) => kind === "policy")
      .flatMap(({ declaration }) => (declaration.kind === "policy" ? modesOf(declaration) : []));
    return [...new Set(names)].map((name) => item(name, "value"));
  }

  #items(): readonly Completion[] {
    const { file, kernelsFrom } = this.#environment;
    const headers = Object.keys(HEADERS).filter(
      (word) =>
        word === "import" ||
        (word === "kernel" ? kernelsFrom !== "header" : !file.regions.some((region) => region.item?.kind === "config")),
    );
    return [
      ...Object.entries(ITEM_SNIPPETS).map(([word, snippet]) =>
        item(word, "snippet", { snippet, topic: `keyword ${word}Declaration:${word}` }),
      ),
      ...headers.map((word) =>
        item(word, "keyword", {
          ...(HEADER_SNIPPETS[word] === undefined ? {} : { snippet: HEADER_SNIPPETS[word] }),
          topic: `keyword ${word}Header:${word}`,
        }),
      ),
    ];
  }

  /** The request that the cursor stands in, with what it inherits; null elsewhere. */
  #request(): { readonly declaration: RequestDeclaration; readonly resolved: ResolvedRequest } | null {
    const declaration = this.#region.item;
    return declaration?.kind === "request"
      ? { declaration, resolved: resolveRequest(this.#environment, declaration) }
      : null;
  }

  #masks(): readonly Completion[] {
    const kernel = newestKernel(this.#environment);
    if (kernel === null) return [];
    const { around, words } = this.#expected;
    const begun = around.find(({ rule }) => rule === "mask")?.from ?? words.length;
    const taken = namesBeside(words.slice(begun));
    const parameters = parametersIn(words);
    const own = parameters.map((name) => item(name, "mask", { detail: "parameter" }));
    if (words[0] === "allocator" && own.length > 0 && !isMaskArgument(words)) return own;
    const request = this.#request();
    const api = request?.resolved.api ?? null;
    const objection =
      request === null || !this.#environment.kernelKnown
        ? () => null
        : objectionsTo(this.#environment, request.resolved, kernel);
    const isFree = (name: string): boolean => !taken.has(name) || this.#isWhole(name);
    const isOffered = (name: string): boolean => isFree(name) && this.#fits(name);
    const composites = compositesByUse(COMPOSITE_NAMES).flatMap((composite): readonly Completion[] => {
      const bits = kernel.gfp[composite];
      const name = compositeText(composite);
      if (!isOffered(name)) return [];
      return [item(name, "composite", { detail: hex(bits), useless: objection(name, bits), topic: `mask:${name}` })];
    });
    const flags = flagsByUse(FLAG_NAMES).flatMap((flag): readonly Completion[] => {
      const bits = kernel.bits[flag];
      const name = flagText(flag);
      if (!isOffered(name)) return [];
      const useless = this.#uselessFlag(kernel, api, flag) ?? objection(name, bits);
      return [item(name, "flag", { detail: hex(bits), useless, topic: `mask:${name}` })];
    });
    const declared = this.#declaredMasks();
    const groups = Object.keys(FLAG_GROUPS).map((name) => item(name, "composite", { topic: `mask:${name}` }));
    const ordered =
      taken.size === 0
        ? [...own, ...composites, ...declared, ...flags, ...groups]
        : [...own, ...flags, ...declared, ...composites, ...groups];
    return ordered.filter(({ label }) => isFree(label));
  }

  #declaredMasks(): readonly Completion[] {
    return this.#declared("mask").map(({ name, kind }) => {
      return kind === "transform"
        ? item(name, "function", { detail: "transform", topic: `mask:${name}` })
        : item(name, kind === "flag" ? "flag" : "mask", {
            detail: kind === "flag" ? "declared" : "mask",
            topic: `mask:${name}`,
          });
    });
  }

  /** Why a flag is of no use in this call; null where it has its effect. */
  #uselessFlag(kernel: Kernel, api: Api | null, flag: Parameters<typeof flagText>[0]): string | null {
    if (!kernel.exists[flag]) return `not in ${kernel.name}`;
    if (kernel.bits[flag] === 0) return "no bit with these build options";
    if (api === null || !api.exists(kernel)) return null;
    switch (treatmentKind(api, kernel, flag)) {
      case "refused":
        return `${api.name} refuses it`;
      case "clearedWithWarning":
        return `${api.name} drops it with a warning`;
      case "cleared":
        return `${api.name} drops it`;
      case "ignored":
        return `${api.name} ignores it`;
      case "forced":
        return `${api.name} sets it anyway`;
      case "no mask":
        return `${api.name} takes no mask`;
      case "honoured":
      case "absent":
        return null;
    }
  }

  #properties(): readonly Completion[] {
    const request = this.#request();
    const present = request?.declaration.properties.map((property) => property.kind) ?? [];
    const api = request?.resolved.api ?? null;
    const offered = PROPERTY_WORDS.filter(
      (name) => this.#isWhole(name) || (!isSaid(name, present) && (api === null || isReadBy(api, name))),
    ).map((name) => {
      return item(name, "property", {
        ...(isNeeded(api, name) ? { detail: "needed" } : {}),
        topic: `keyword property:${name}`,
      });
    });
    return [
      ...offered.filter((each) => each.detail === "needed"),
      ...offered.filter((each) => each.detail !== "needed"),
    ];
  }

  #apis(): readonly Completion[] {
    const { kernels, kernelsText } = this.#environment;
    return apisByUse(allApis()).map((api) => {
      const exists = kernels.some((kernel) => api.exists(kernel));
      return item(api.name, "function", {
        detail: api.signature,
        useless: exists ? null : `not in ${kernelsText}`,
        topic: `api:${api.name}`,
      });
    });
  }

  #contexts(): readonly Completion[] {
    const declared = this.#declared("context").map(({ name }) =>
      item(name, "context", { detail: "declared", topic: `context:${name}` }),
    );
    const names = new Set(declared.map(({ label }) => label));
    const builtIn = [...described(CONTEXTS, "context", "context"), ...described(SCOPES, "context", "scope")];
    return [...declared, ...builtIn.filter(({ label }) => !names.has(label))];
  }

  /** The scopes that the file declares or imports. */
  #scopes(): readonly Completion[] {
    return this.#declared("context")
      .filter(({ kind }) => kind === "scope")
      .map(({ name }) => item(name, "context", { detail: "declared", topic: `scope:${name}` }));
  }

  #subjects(of: "request" | "policy" | "any"): readonly Completion[] {
    return this.#declared("subject", of === "any" ? null : of).map(({ name, kind }) =>
      item(name, "name", { detail: kind, topic: `subject:${name}` }),
    );
  }

  /** The names of others in a space that fit to what is typed; of very many a few more than are shown. */
  #declared(space: NameSpace, only: DeclaredName["kind"] | null = null): readonly DeclaredName[] {
    const own = this.#region.item;
    const ownName = own !== null && "name" in own ? own.name?.text : undefined;
    const isItself = ({ name, kind }: DeclaredName): boolean =>
      name === ownName && kind === own?.kind && !this.#isWhole(name);
    const found: DeclaredName[] = [];
    for (const one of declaredIn(this.#environment, space)) {
      if ((only !== null && one.kind !== only) || isItself(one)) continue;
      if (this.#fits(one.name)) found.push(one);
      if (found.length > MOST_ITEMS) break;
    }
    return found;
  }

  #rules(): readonly Completion[] {
    const request = this.#request();
    const here = new Set([
      ...(request === null || !this.#environment.kernelKnown ? [] : rulesAgainst(this.#environment, request.resolved)),
      ...(checkRegions(this.#workspace, this.#environment.uri, [this.#index])[0] ?? [])
        .filter(({ source }) => source !== "language")
        .map(({ rule }) => rule),
    ]);
    const rules = catalogue().map(({ id, title }) => item(id, "rule", { detail: title, topic: `rule:${id}` }));
    return [...rules.filter(({ label }) => here.has(label)), ...rules.filter(({ label }) => !here.has(label))];
  }

  #factValues(fact: string): readonly Completion[] {
    if (fact === "mode") return this.#modes().map((name) => item(name, "value"));
    return valueItems(FACTS, "fact", fact);
  }

  /** The modes of the policies that bind to the request: the one around, or the one that the expectation names. */
  #modes(): readonly string[] {
    const own = this.#region.item;
    const declaration =
      own?.kind === "expect" && own.name !== null
        ? this.#environment.lookup("subject", own.name.text)?.declaration
        : own;
    if (declaration?.kind !== "request") return [];
    return resolveRequest(this.#environment, declaration).policies.flatMap(({ declaration: policy }) =>
      policy.kind === "policy" ? modesOf(policy) : [],
    );
  }
}

function modesOf(policy: PolicyDeclaration): readonly string[] {
  return policy.clauses.flatMap((clause) => (clause.kind === "mode" && clause.name !== null ? [clause.name.text] : []));
}

function valueItems(words: Readonly<Record<string, Valued>>, of: string, word: string): readonly Completion[] {
  return valuesIn(words, word).map((value) => item(value, "value", { topic: `${of} ${word}:${value}` }));
}

function valuesIn(words: Readonly<Record<string, Valued>>, word: string): readonly string[] {
  return Object.hasOwn(words, word) ? Object.keys(words[word]?.values ?? {}) : [];
}

/** The mainline releases, newest first; behind them what else the model knows. */
function versions(): readonly string[] {
  const mainline = mainlineReleases();
  const known = new Set(mainline);
  return [...mainline].reverse().concat([...knownKernels()].reverse().filter((name) => !known.has(name)));
}

function optionsInBraces(): readonly Completion[] {
  return CONFIG_OPTIONS.map((name) =>
    item(name, "property", {
      insert: `{ ${name} ${valuesOfOption(name)[0] ?? ""} }`,
      topic: `option:${name}`,
    }),
  );
}

/** As a size may end; the short ones last, as they are told at once when they are typed. */
const UNITS: readonly (readonly [unit: string, means: string])[] = [
  ["KiB", "1024 bytes"],
  ["MiB", "1024 KiB"],
  ["GiB", "1024 MiB"],
  ["B", "bytes"],
  ["K", "as KiB"],
  ["M", "as MiB"],
  ["G", "as GiB"],
];

/** What an option may be set to. */
function valuesOfOption(option: string): readonly string[] {
  return option === "page" ? PAGE_SIZES.map((bytes) => `${bytes / 1024} KiB`) : ["on", "off"];
}

/** The names that stand beside the next one in a mask, up to the parenthesis or the branch that they are in. */
function namesBeside(words: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  let depth = 0;
  for (const word of words.toReversed()) {
    if (word === ")") depth += 1;
    else if (word === "(") depth -= 1;
    if (depth < 0 || (depth === 0 && /^[?:,=]$/.test(word))) break;
    if (depth === 0 && /^\w/.test(word)) names.add(word);
  }
  return names;
}

/** Whether a request that has these properties says this one too: itself, or the same in another unit. */
function isSaid(name: PropertyWord, present: readonly PropertyWord[]): boolean {
  const { sizeIn, repeats } = requestProperty(name);
  if (present.includes(name)) return repeats !== true;
  const isSize = (unit: RequestProperty["sizeIn"]): boolean => unit !== undefined && unit !== "count";
  return isSize(sizeIn) && present.some((kind) => isSize(requestProperty(kind).sizeIn));
}

/** Whether a function makes anything of a property. */
function isReadBy(api: Api, name: PropertyWord): boolean {
  const { value, sizeIn } = requestProperty(name);
  if (sizeIn !== undefined) return api.size !== "none" && (api.size === sizeIn || api.alsoTakes.includes(sizeIn));
  if (value === "number") return api.numbers?.includes(name) === true;
  if (name === "flags") return api.takesMask;
  return name !== "cache" || api.takesCache === true;
}

/** The parameters of the transform or allocator that these tokens begin. */
function parametersIn(words: readonly string[]): readonly string[] {
  if (words[0] === "transform") return words[2] === "(" ? words.slice(3, 4) : [];
  if (words[0] !== "allocator" || words[2] !== "(") return [];
  return words.slice(3, words.indexOf(")")).filter((word) => word !== ",");
}

/** The argument of an allocator's call that these tokens end in is the mask of the function. */
function isMaskArgument(words: readonly string[]): boolean {
  const open = words.indexOf("=") + 2;
  const api = apiNamed(words[open - 1] ?? "");
  const commas = words.slice(open).filter((word) => word === ",").length;
  return api !== null && maskParameter(parametersOf(api)) === commas;
}

function isNeeded(api: Api | null, name: PropertyWord): boolean {
  if (name === "api") return true;
  if (name === "flags") return api === null || needsMask(api);
  return api !== null && requestProperty(name).sizeIn === api.size;
}

const HEADER_SNIPPETS: Readonly<Record<string, string>> = { config: "config { $1 }", import: 'import "$1"' };

const ITEM_SNIPPETS: Readonly<Record<keyof typeof DECLARATIONS, string>> = {
  request: "request ${1:name} {\n  api   ${2:kmalloc}\n  size  ${3:64 B}\n  flags ${4:GFP_KERNEL}\n}",
  context: "context ${1:name} {\n  in ${2:process}\n}",
  scope: "scope ${1:name} {\n  clears ${2:__GFP_FS}\n}",
  flags: "flags ${1:NAME} = ${2:GFP_KERNEL}",
  flag: "flag __GFP_${1:NAME}",
  transform: "transform ${1:name}(${2:gfp}) = ${2:gfp} | $3",
  allocator: "allocator ${1:own_alloc}(${2:dev}, ${3:n}, ${4:gfp}) = ${5:kmalloc}(${3:n}, ${4:gfp})",
  policy: "policy ${1:name} for ${2:alloc_pages} {\n  allow only ${3:GFP_KERNEL}\n}",
  memory:
    "memory ${1:name} {\n  node 0 {\n    zone Normal {\n      managed    ${2:4 GiB}\n      free       order 0: ${3:1000}\n      watermarks min ${4:45 MiB}, low ${5:56 MiB}, high ${6:67 MiB}\n    }\n  }\n}",
  expect: "expect ${1:name} { ${2:sleeps never} }",
};
