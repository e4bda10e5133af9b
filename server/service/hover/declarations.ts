import type { Item, MemoryDeclaration, RequestDeclaration } from "../../../grammar/ast.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { policyFile } from "../../policy-language/analysis/policy-files.ts";
import { loggedMemory } from "../../policy-language/requests/memory/logged.ts";
import { memoryStateOf } from "../../policy-language/requests/memory.ts";
import { type TextOf, contextFollows, modeFollows, policyFollows, stageFollows } from "./follows.ts";
import { namedFile } from "../definition.ts";
import { CLAUSES, DECLARATIONS } from "../descriptions/words.ts";
import { answersOf } from "../features-of-file.ts";
import { notInReport, reportSummary } from "../kernel-log/summary.ts";
import { docMarkdown, fenced, heading } from "../markdown.ts";
import { memorySummary } from "../memory-summary.ts";
import { requestSummary } from "../request-summary.ts";
import { upTo } from "../runs.ts";
import { symbolsOf } from "../symbols.ts";
import type { Word } from "../words.ts";
import { scopeHover } from "./contexts.ts";
import { declaredMaskHover } from "./masks.ts";
import { sourceOf } from "./source.ts";

// Declarations, where they stand and where they are referred to.

/** A declaration, at its name: what follows from it. */
export function declarationHover(word: Word, item: Item, environment: Environment, textOf: TextOf): string | null {
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

/** A name that refers to a declaration; null where nothing has that name. */
export function referenceHover(word: Word, environment: Environment): string | null {
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

/** A mode or a stage, at its name. */
export function clauseHover(word: Word, item: Item, textOf: TextOf): string | null {
  if (item.kind !== "policy") return null;
  const clause = item.clauses.find(({ start, end }) => start <= word.start && word.end <= end);
  if (clause?.kind === "mode") return heading(word.text, "mode", [modeFollows(clause, textOf)]);
  return clause?.kind === "stage"
    ? heading(word.text, "stage", [stageFollows(clause, textOf), CLAUSES.stage.meaning])
    : null;
}

/** The file that an import names, and what it declares. */
export function pathHover(workspace: Workspace, uri: string, region: number): string | null {
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
