import type { Item, Mask as MaskNode, MemoryDeclaration, RequestDeclaration } from "../../grammar/ast.ts";
import type { Binding, Environment } from "../policy-language/analysis/environment.ts";
import type { MaskPart } from "../model/masks/expression.ts";
import { loggedMemory, memoryStateOf } from "../policy-language/requests/memory.ts";
import { evaluateMask } from "../policy-language/requests/masks.ts";
import { effectOfScopes, inScopes } from "../policy-language/requests/scopes.ts";
import { bytesOfSize, isUnit, sizeText as bytesText } from "../policy-language/analysis/sizes.ts";
import { expectedAt } from "../../grammar/index.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import type { Api } from "../model/apis/api.ts";
import { apiNamed } from "../model/apis.ts";
import { flagList } from "../model/explain.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { kernelOf } from "../model/kernels/kernels.ts";
import { versionNamed } from "../model/kernels/named.ts";
import { maskText } from "../model/masks/names.ts";
import { GROUP_MEANINGS } from "./descriptions/flags.ts";
import { COMPOSITES, flagAsks } from "../model/masks/flags.ts";
import {
  contextFollows,
  modeFollows,
  policyFollows,
  stageFollows,
  transformFollows,
  type TextOf,
} from "./declaration-hover.ts";
import { namedFile } from "./definition.ts";
import { keywordMeaning } from "./descriptions/keywords.ts";
import {
  CLAUSES,
  CONTEXTS,
  DECLARATIONS,
  EFFECTS,
  FACTS,
  LOCKS,
  OPTIONS,
  SCOPES,
  UNIT_MEANINGS,
  WATERMARKS,
  ZONES,
  type Valued,
} from "./descriptions/words.ts";
import { answersOf, newestKernel, propertyAt } from "./features-of-file.ts";
import { kernelDetail } from "./kernel-in-force.ts";
import { maskName } from "./mask-names.ts";
import { bulleted, code, docMarkdown, fenced, heading } from "./markdown.ts";
import { notInReport, reportSummary } from "./kernel-log/summary.ts";
import { memorySummary } from "./memory-summary.ts";
import { type Mask, hex } from "../model/masks/mask.ts";
import { kernelsText, linesOver, overKernels } from "./over-kernels.ts";
import { wordAtOffset, regionAt } from "./regions.ts";
import { overAnswers, requestSummary } from "./request-summary.ts";
import { ruleSummary } from "./rule-summary.ts";
import { conversionText } from "./sizes.ts";
import { treatmentOfFlag, treatmentLines } from "./treatment.ts";
import { upTo } from "./runs.ts";
import { symbolsOf } from "./symbols.ts";
import type { Word } from "./words.ts";

/** An explanation in Markdown, of the text between two offsets of the file. */
export interface Explanation {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}

/** What stands at an offset, explained for the kernels in force; null where there is nothing to say. */
export function hoverAt(workspace: Workspace, uri: string, offset: number): Explanation | null {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return null;
  const found = wordAtOffset(environment.file, offset);
  const item = found?.placed.region.item ?? null;
  if (found === null || item === null || found.word.role === "keyword") return keywordAt(environment, offset);
  const { placed, word, range } = found;
  const textOf: TextOf = (start, end) => placed.region.text.slice(start, end);
  const markdown =
    word.role === "path" ? pathHover(workspace, uri, placed.index) : explain(word, item, environment, textOf);
  return markdown === null ? null : { markdown, start: range.start, end: range.end };
}

function explain(word: Word, item: Item, environment: Environment, textOf: TextOf): string | null {
  switch (word.role) {
    case "mask":
    case "call":
      return maskHover(word, item, environment);
    case "literal":
      return literalHover(word, environment);
    case "parameter":
      return parameterHover(word.text, item);
    case "api":
      return apiHover(word.text, environment);
    case "context":
      return contextHover(word.text, environment);
    case "lock":
      return described(word.text, "lock", LOCKS);
    case "scope":
      return contextHover(word.text, environment);
    case "zone":
      return described(word.text, "zone", ZONES);
    case "declared":
      return declarationHover(word, item, environment, textOf);
    case "reference":
      return referenceHover(word, environment);
    case "rule":
      return ruleSummary(word.text);
    case "fact":
      return valuedHover(word.text, "fact", FACTS);
    case "effect":
      return valuedHover(word.text, "effect", EFFECTS);
    case "mode":
    case "stage":
      return clauseHover(word, item, textOf);
    case "watermark":
      return described(word.text, "watermark", WATERMARKS);
    case "option":
      return described(word.text, "build option", OPTIONS);
    case "version":
      return versionHover(word.text, environment);
    case "size":
      return sizeHover(word, environment);
    case "number":
      return numberHover(word, environment);
    case "fact-value":
      return valueHover(word.text, word.detail, FACTS);
    case "effect-value":
      return valueHover(word.text, word.detail, EFFECTS);
    // Keywords and paths are explained by their place.
    case "keyword":
    case "path":
      return null;
  }
}

// Masks ---------------------------------------------------------------------------------------------------------------

function maskHover(word: Word, item: Item, environment: Environment): string | null {
  const name = maskName(environment, word.text);
  const lines: string[] = [];
  switch (name.kind) {
    case "flag": {
      lines.push(
        linesOver(
          overKernels(environment.kernels, (kernel) => flagAsks(kernel, name.flag), String),
          String,
        ).join(" "),
        bulleted(
          linesOver(
            overKernels(
              environment.kernels,
              (kernel) => (kernel.exists[name.flag] ? kernel.bits[name.flag] : null),
              String,
            ),
            flagValueText,
          ),
        ),
      );
      const use = useOf(word, item, environment);
      if (use !== null) lines.push(flagInRequest(use, name.flag, environment));
      return heading(word.text, "flag", lines);
    }
    case "composite": {
      const bits = overKernels(
        environment.kernels,
        (kernel) => ({ mask: kernel.gfp[name.composite], text: flagList(kernel, kernel.gfp[name.composite]) }),
        (value) => `${value.mask} ${value.text}`,
      );
      lines.push(
        COMPOSITES[name.composite],
        bulleted(linesOver(bits, ({ mask, text }) => `\`${hex(mask)}\` = ${code(text)}`)),
      );
      const use = useOf(word, item, environment);
      if (use !== null) lines.push(maskInRequest(use, environment));
      return heading(word.text, "composite", lines);
    }
    case "group": {
      lines.push(GROUP_MEANINGS[name.group]);
      lines.push(
        bulleted(
          linesOver(
            overKernels(
              environment.kernels,
              (kernel) => valueOfName(word, item, environment, kernel),
              ({ text }) => text,
            ),
            ({ mask, text }) => `\`${hex(mask)}\` = ${code(text)}`,
          ),
        ),
      );
      return heading(word.text, "group", lines);
    }
    case "declared": {
      const binding = environment.lookup("mask", word.text);
      return binding === null ? null : declaredMaskHover(binding, environment);
    }
    case "unknown":
      return parameterHover(word.text, item);
  }
}

function parameterHover(name: string, item: Item): string | null {
  if (item.kind === "transform" && item.parameter?.text === name)
    return heading(name, "parameter", ["Any mask: the transform is checked for all of them."]);
  const index = item.kind === "allocator" ? item.parameters.findIndex(({ text }) => text === name) : -1;
  return index === -1
    ? null
    : heading(name, "parameter", [`Argument ${index + 1} of a call in C, as it is written there.`]);
}

function flagValueText(bits: Mask | null): string {
  if (bits === null) return "does not exist";
  if (bits === 0) return "`0x0`: no bit with these build options";
  return `\`${hex(bits)}\` (bit ${Math.log2(bits)})`;
}

/** The flags property that a word of a mask stands in, and its request. */
interface Use {
  readonly request: RequestDeclaration;
  readonly word: Word;
}

function useOf(word: Word, item: Item, environment: Environment): Use | null {
  if (item.kind !== "request" || environment.kernels.length === 0) return null;
  return propertyAt(item, word.start)?.kind === "flags" ? { request: item, word } : null;
}

/** What a flag means for this request: whether it is set and by what, and what the API makes of it. */
function flagInRequest(use: Use, flag: keyof Kernel["bits"], environment: Environment): string {
  const { resolved, answers } = answersOf(environment, use.request);
  const api = resolved.api;
  const answer = answers[answers.length - 1];
  if (api === null || answer === undefined) return "";
  const lines: string[] = [];
  const part = answer.value?.parts.find((each) => each.span.start === use.word.start && each.named === null);
  const bit = answer.kernel.bits[flag];
  if (part?.negated === true) lines.push("Cleared here.");
  else if (bit !== 0 && (answer.request.mask & bit) === 0)
    lines.push("Not set in the resulting mask: the expression clears it again.");
  lines.push(
    ...linesOver(
      overKernels(
        answers.map((each) => each.kernel),
        (kernel) => treatmentOfFlag(api, kernel, flag),
        String,
      ),
      (text) => text,
    ),
  );
  return `In \`${use.request.name?.text ?? "this request"}\`, \`${api.name}\`:\n\n${bulleted(lines)}`;
}

/** What the expression around comes to. */
function maskInRequest(use: Use, environment: Environment): string {
  const { answers } = answersOf(environment, use.request);
  const lines = linesOver(
    overAnswers(answers, ({ request, verdict }) => `${request.mask} ${verdict.effective}`),
    ({ kernel, request, verdict }) => {
      const effective =
        verdict.effective === request.mask
          ? ""
          : `, reaches the page allocator as \`${hex(verdict.effective)}\` = ${code(maskText(kernel, verdict.effective))}`;
      return `\`${hex(request.mask)}\`${effective}`;
    },
  );
  return lines.length === 0 ? "" : `The whole mask:${lines.length === 1 ? " " : "\n\n"}${bulleted(lines)}`;
}

function valueOfName(
  word: Word,
  item: Item,
  environment: Environment,
  kernel: Kernel,
): { readonly mask: Mask; readonly text: string } {
  const node: MaskNode = { kind: "name", text: word.text, start: word.start, end: word.end };
  const { mask } = evaluateMask(environment, kernel, node);
  return { mask, text: item.kind === "transform" && mask === 0 ? "0" : flagList(kernel, mask) };
}

function literalHover(word: Word, environment: Environment): string | null {
  const value = numberOf(word.text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) return null;
  const lines = linesOver(
    overKernels(environment.kernels, (kernel) => valueOfLiteral(word, environment, kernel, value), String),
    (text) => text,
  );
  return heading(word.text, "literal", [bulleted(lines)]);
}

function valueOfLiteral(word: Word, environment: Environment, kernel: Kernel, value: number): string {
  const node: MaskNode = {
    kind: "number",
    numeral: { text: word.text, value, start: word.start, end: word.end },
    start: word.start,
    end: word.end,
  };
  const { mask } = evaluateMask(environment, kernel, node);
  const undefinedBits = (mask & ~kernel.allBits) >>> 0;
  const floating = mask >>> 24 !== 0 ? "; bits 24 and up depend on the build options" : "";
  return `${code(maskText(kernel, mask))}${undefinedBits === 0 ? "" : `, with undefined bits \`${hex(undefinedBits)}\``}${floating}`;
}

function declaredMaskHover(binding: Binding, environment: Environment): string | null {
  const { declaration } = binding;
  const name = declaration.name?.text ?? "";
  if (declaration.kind === "transform") {
    return heading(name, "transform", [
      docMarkdown(declaration.doc),
      fenced(sourceOf(environment, binding)),
      transformFollows(declaration, environment),
    ]);
  }
  if (declaration.kind === "flag") {
    const bits = overKernels(environment.kernels, (kernel) => kernel.designed[name] ?? 0, String);
    return heading(name, "flag", [
      docMarkdown(declaration.doc),
      DECLARATIONS.flag.meaning,
      bulleted(
        linesOver(bits, (bit) =>
          bit === 0 ? "no bit is left for it" : `\`${hex(bit)}\`, for want of one that a kernel gave it`,
        ),
      ),
    ]);
  }
  if (declaration.kind !== "flags") return null;
  const values = overKernels(
    environment.kernels,
    (kernel) => {
      const value = evaluateMask(environment, kernel, declaration.value);
      return { mask: value.mask, text: flagList(kernel, value.mask), path: value.parts.map(partText).join("\n") };
    },
    ({ mask, text }) => `${mask} ${text}`,
  );
  const last = values[values.length - 1];
  return heading(name, "mask", [
    docMarkdown(declaration.doc),
    fenced(sourceOf(environment, binding)),
    bulleted(linesOver(values, ({ mask, text }) => `\`${hex(mask)}\` = ${code(text)}`)),
    last === undefined || last.value.path === "" ? "" : last.value.path,
  ]);
}

function partText(part: MaskPart): string {
  return `- \`${part.text}\` ${part.negated ? "clears" : "brings"} \`${hex(part.negated ? part.bits : part.carries)}\``;
}

/** Longer declarations are cut in hovers. */
const MOST_SOURCE_LINES = 16;

/** The text of a declaration, of this file or of an imported one. */
function sourceOf(environment: Environment, binding: Binding): string {
  const { start, end } = binding.declaration;
  const text = environment.placeOf(binding)?.region.text.slice(start, end) ?? "";
  const lines = text.split("\n");
  return lines.length <= MOST_SOURCE_LINES ? text : [...lines.slice(0, MOST_SOURCE_LINES - 1), "…"].join("\n");
}

// Everything else -----------------------------------------------------------------------------------------------------

function apiHover(name: string, environment: Environment): string | null {
  const api = apiNamed(name);
  if (api === null) return null;
  const here = environment.kernels.filter((kernel) => api.exists(kernel));
  const lines: string[] = [fenced(api.signature, "c")];
  lines.push(`${sizeText(api)}${maskTold(api)}`);
  if (here.length === 0) lines.push(`Does not exist in ${environment.kernelsText}.`);
  else if (here.length < environment.kernels.length)
    lines.push(`Exists in ${kernelsText(here)} of ${environment.kernelsText}.`);
  const kernel = here[here.length - 1];
  if (kernel !== undefined) lines.push(treatmentLines(api, kernel, here.length > 1));
  return lines.filter((line) => line !== "").join("\n\n");
}

function maskTold(api: Api): string {
  if (!api.takesMask) return " It takes no mask.";
  return api.withoutMask === undefined ? "" : " The mask may be left out: it is `GFP_KERNEL` then.";
}

function sizeText(api: Api): string {
  switch (api.size) {
    case "order":
      return "Takes an `order`.";
    case "bytes":
      return "Takes a `size` in bytes.";
    case "pages":
      return "Takes a number of `pages`.";
    case "count":
      return "Takes a `count` of pages or objects.";
    case "none":
      return "Takes no size.";
  }
}

function contextHover(name: string, environment: Environment): string | null {
  const binding = environment.lookup("context", name);
  if (binding !== null && binding.declaration.kind === "context")
    return heading(name, "context", [docMarkdown(binding.declaration.doc), fenced(sourceOf(environment, binding))]);
  if (binding !== null) return scopeHover(binding, environment);
  const words: Readonly<Record<string, string>> = { ...SCOPES, ...CONTEXTS };
  const meaning = Object.hasOwn(words, name) ? words[name] : undefined;
  return meaning === undefined ? null : heading(name, "context", [meaning, contextFollows(name, environment)]);
}

/** A declared scope: what it makes of the masks that people write most. */
function scopeHover(binding: Binding, environment: Environment): string {
  const { name, doc } = binding.declaration;
  const scope = name?.text ?? "";
  const effects = overKernels(
    environment.kernels,
    (kernel) => {
      const effect = effectOfScopes(environment, kernel, [scope]);
      const made = (["KERNEL", "ATOMIC"] as const).map(
        (composite) => `\`GFP_${composite}\` → \`${maskText(kernel, inScopes(effect, kernel.gfp[composite]))}\``,
      );
      return made.join(", ");
    },
    String,
  );
  return heading(scope, "scope", [
    doc ?? "",
    DECLARATIONS.scope.meaning,
    fenced(sourceOf(environment, binding)),
    bulleted(linesOver(effects, String)),
  ]);
}

function declarationHover(word: Word, item: Item, environment: Environment, textOf: TextOf): string | null {
  switch (item.kind) {
    case "request":
      return requestHover(item, environment);
    case "flags":
    case "flag":
    case "transform": {
      const binding = environment.lookup("mask", word.text);
      return binding === null ? null : declaredMaskHover(binding, environment);
    }
    case "scope": {
      const binding = environment.lookup("context", word.text);
      return binding === null ? null : scopeHover(binding, environment);
    }
    case "allocator":
      return heading(word.text, item.kind, [
        docMarkdown(item.doc),
        fenced(textOf(item.start, item.end)),
        DECLARATIONS.allocator.meaning,
      ]);
    case "memory":
      return memoryHover(word.text, item, environment);
    case "context":
      return heading(word.text, item.kind, [docMarkdown(item.doc), contextFollows(word.text, environment)]);
    case "policy":
      return heading(word.text, item.kind, [docMarkdown(item.doc), policyFollows(item, environment, textOf)]);
    case "expect":
    case "kernel":
    case "config":
    case "import":
      return null;
  }
}

function memoryHover(name: string, item: MemoryDeclaration, environment: Environment): string {
  const binding = environment.lookup("memory", name);
  const state = binding === null ? null : memoryStateOf(environment, binding);
  const summary = state === null ? "" : memorySummary(state, environment.options.pageBytes);
  const log = binding === null ? null : loggedMemory(environment, binding);
  return heading(name, "memory", [
    docMarkdown(item.doc),
    log?.state === "read" ? reportSummary(log.diagnosis) : "",
    summary === "" ? DECLARATIONS.memory.meaning : summary,
    log?.state === "read" ? notInReport(log.diagnosis) : "",
  ]);
}

function requestHover(request: RequestDeclaration, environment: Environment): string {
  return requestSummary(answersOf(environment, request), environment);
}

function referenceHover(word: Word, environment: Environment): string | null {
  const binding = environment.lookup(word.detail === "memory" ? "memory" : "subject", word.text);
  if (binding === null) return null;
  const { declaration } = binding;
  if (declaration.kind === "request") return requestHover(declaration, environment);
  if (declaration.kind === "transform") return declaredMaskHover(binding, environment);
  const state = declaration.kind === "memory" ? memoryStateOf(environment, binding) : null;
  const follows = state === null ? "" : memorySummary(state, environment.options.pageBytes);
  return heading(word.text, declaration.kind, [
    docMarkdown(declaration.doc),
    fenced(sourceOf(environment, binding)),
    follows,
  ]);
}

/** A fact or an effect: what it means and the values that it takes. */
function valuedHover(name: string, kind: string, words: Readonly<Record<string, Valued>>): string | null {
  const word = Object.hasOwn(words, name) ? words[name] : undefined;
  if (word === undefined) return null;
  const values = Object.entries(word.values).map(([value, meaning]) => `- \`${value}\`: ${meaning}`);
  return heading(name, kind, [word.meaning, values.join("\n")]);
}

/** A value of a fact or an effect. */
function valueHover(value: string, of: string, words: Readonly<Record<string, Valued>>): string | null {
  const word = Object.hasOwn(words, of) ? words[of] : undefined;
  if (word === undefined) return null;
  const meaning = Object.hasOwn(word.values, value) ? word.values[value] : undefined;
  return heading(`${of} ${value}`, "claim", meaning === undefined ? [word.meaning] : [meaning, word.meaning]);
}

/** A mode or a stage, at its name. */
function clauseHover(word: Word, item: Item, textOf: TextOf): string | null {
  if (item.kind !== "policy") return null;
  const clause = item.clauses.find(({ start, end }) => start <= word.start && word.end <= end);
  if (clause?.kind === "mode") return heading(word.text, "mode", [modeFollows(clause, textOf)]);
  return clause?.kind === "stage"
    ? heading(word.text, "stage", [stageFollows(clause, textOf), CLAUSES.stage.meaning])
    : null;
}

/** The file that an import names, and what it declares. */
function pathHover(workspace: Workspace, uri: string, region: number): string | null {
  const target = namedFile(workspace, uri, region);
  const file = target === null ? undefined : policyFile(workspace, target);
  if (file === undefined) return null;
  const names = symbolsOf(file, upTo(MOST_SYMBOLS))
    .flatMap(({ items }) => items)
    .map(({ kind, name }) => `${kind} \`${name}\``);
  return names.length === 0 ? "Declares nothing." : `Declares ${names.join(", ")}.`;
}

/** Longer lists of declarations are cut. */
const MOST_SYMBOLS = 30;

function versionHover(name: string, environment: Environment): string | null {
  const kernel = environment.kernels.find((each) => each.name === versionNamed(name).version);
  if (kernel === undefined) return null;
  return heading(`Linux ${kernel.name}`, "kernel", [kernel.source, kernelDetail(environment)]);
}

function sizeHover(word: Word, environment: Environment): string | null {
  const kernel = newestKernel(environment);
  const unit = isUnit(word.detail) ? word.detail : null;
  const bytes = bytesOfSize({
    number: { text: word.text, value: numberOf(word.text), start: word.start, end: word.end },
    unit,
    start: word.start,
    end: word.end,
  });
  if (kernel === null || !Number.isFinite(bytes)) return null;
  const conversion = conversionText(bytes, kernel.options.pageBytes);
  return `\`${bytes.toLocaleString("en").replaceAll(",", " ")}\` bytes${conversion === null ? "" : ` = ${conversion}`} (pages of ${bytesText(kernel.options.pageBytes)})`;
}

function numberHover(word: Word, environment: Environment): string | null {
  const kernel = newestKernel(environment);
  const value = numberOf(word.text);
  if (kernel === null || !Number.isInteger(value) || value < 0) return null;
  const { pageBytes } = kernel.options;
  if (word.detail === "order") {
    if (value > 40) return null;
    return `order ${value} = ${2 ** value} page${value === 0 ? "" : "s"} = ${bytesText(2 ** value * pageBytes)}${value > kernel.maxOrder ? `; the largest order of ${kernel.name} is ${kernel.maxOrder}` : ""}`;
  }
  if (word.detail === "pages") return `${value} pages = ${bytesText(value * pageBytes)}`;
  return null;
}

/** A number as written, without C's suffixes. */
function numberOf(text: string): number {
  return Number(text.replace(/[ul]+$/i, ""));
}

/** The keyword or unit at an offset: the parser says which of its rules wants it there. */
function keywordAt(environment: Environment, offset: number): Explanation | null {
  const placed = regionAt(environment.file, offset);
  if (placed === null) return null;
  const { text } = placed.region;
  const at = offset - placed.start;
  const before = /[A-Za-z_]*$/.exec(text.slice(0, at))?.[0].length ?? 0;
  const word = /^[A-Za-z_]+/.exec(text.slice(at - before))?.[0];
  if (word === undefined) return null;
  const wanted = expectedAt(text, at - before)?.wanted ?? [];
  const found = wanted.find((one) => one.kind === "keyword" && one.text === word);
  const meaning =
    found !== undefined
      ? keywordHover(found.rule, word)
      : wanted.some(({ kind }) => kind === "unit")
        ? described(word, "unit", UNIT_MEANINGS)
        : null;
  if (meaning === null) return null;
  const isHeader = found?.rule === "kernelHeader" || (found?.rule === "configHeader" && word === "config");
  const start = offset - before;
  return {
    markdown: isHeader ? `${meaning}\n\n${kernelDetail(environment)}` : meaning,
    start,
    end: start + word.length,
  };
}

function keywordHover(rule: string, word: string): string | null {
  const meaning = keywordMeaning(rule, word);
  return meaning === null ? null : `${fenced(meaning.syntax)}\n\n${meaning.meaning}`;
}

/** The documentation of a name by itself, for completion: `kind` says where it may stand. */
export function describeName(kind: string, name: string, environment: Environment): string | null {
  const word = (role: Word["role"], detail = ""): Word => ({ role, text: name, detail, start: 0, end: name.length });
  switch (kind) {
    case "mask":
      return maskHover(word("mask"), NO_ITEM, environment);
    case "api":
      return apiHover(name, environment);
    case "context":
      return contextHover(name, environment);
    case "lock":
      return described(name, "lock", LOCKS);
    case "scope":
      return contextHover(name, environment);
    case "zone":
      return described(name, "zone", ZONES);
    case "option":
      return described(name, "build option", OPTIONS);
    case "subject":
      return referenceHover(word("reference", "any"), environment);
    case "rule":
      return ruleSummary(name);
    case "fact":
      return valuedHover(name, "fact", FACTS);
    case "effect":
      return valuedHover(name, "effect", EFFECTS);
    case "kernel": {
      const kernel = kernelOf(name);
      return "unknown" in kernel ? null : heading(`Linux ${name}`, "kernel", [kernel.source]);
    }
    case "watermark":
      return described(name, "watermark", WATERMARKS);
    case "unit":
      return described(name, "unit", UNIT_MEANINGS);
    default:
      return claimOrKeyword(kind, name);
  }
}

/** `kind` is the rule that a keyword stands in, or the fact or effect that a value is one of. */
function claimOrKeyword(kind: string, name: string): string | null {
  const [family = "", of = ""] = kind.split(" ", 2);
  switch (family) {
    case "keyword":
      return keywordHover(of, name);
    case "fact":
      return valueHover(name, of, FACTS);
    case "effect":
      return valueHover(name, of, EFFECTS);
    default:
      return null;
  }
}

/** Stands for the item around a name that stands nowhere yet. */
const NO_ITEM: Item = { kind: "config", doc: null, settings: [], start: 0, end: 0 };

function described(name: string, kind: string, meanings: Readonly<Record<string, string>>): string | null {
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  return meaning === undefined ? null : heading(name, kind, [meaning]);
}
