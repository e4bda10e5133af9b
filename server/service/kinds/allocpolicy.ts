import { editFile, parseFile } from "../../../grammar/index.ts";
import type { SourceFile } from "../../../grammar/source-file.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { logsOf } from "../../policy-language/analysis/kernel-logs.ts";
import { workAhead } from "../../policy-language/analysis/file-analysis.ts";
import { importsOf, isPolicyFile, policyFile } from "../../policy-language/analysis/policy-files.ts";
import { actionsAt, fixAllAction } from "../actions.ts";
import { hierarchyItemAt, incomingCalls, outgoingCalls } from "../call-hierarchy.ts";
import { completionsAt, resolveCompletion, TRIGGERS } from "../completion.ts";
import type { Completion, CompletionKind } from "../completion/items.ts";
import { definitionAt } from "../definition.ts";
import {
  documentKind,
  type CompletionItemKind,
  type DocumentKind,
  type DocumentSymbol,
  type SymbolKind,
} from "../document-kind.ts";
import { findingsOf, findingsSoFar, makeFindings, relatedOf } from "../findings.ts";
import { foldsOf } from "../folding.ts";
import { formattingOf } from "../formatting.ts";
import { hoverAt } from "../hover.ts";
import { inlayHintsOf } from "../inlay-hints.ts";
import { kernelInForce } from "../kernel-in-force.ts";
import { lensesOf, lensUses } from "../lenses.ts";
import { linkedRangesAt } from "../linked-editing.ts";
import { linksOf } from "../links.ts";
import { FORMATTED_AFTER, onTypeFormattingOf } from "../on-type-formatting.ts";
import { highlightsAt, usesAt } from "../references.ts";
import { refactoringsAt } from "../refactorings.ts";
import { prepareRename, renameAt } from "../rename.ts";
import { SIGNATURE_TRIGGERS, signatureAt } from "../signature-help.ts";
import { selectionsAt } from "../selection.ts";
import { kept, type Asked, type Stretches } from "../runs.ts";
import { semanticTokensOf } from "../semantic-tokens.ts";
import { SAMPLE } from "./_sample.ts";
import { symbolsOf, type FileSymbol, type FileSymbolKind } from "../symbols.ts";

/** Files of the policy language. */
export const allocPolicy: DocumentKind = documentKind<SourceFile>({
  name: "allocpolicy",
  is: isPolicyFile,
  languageIds: ["allocpolicy"],
  extensions: [".allocpolicy"],
  sample: () => SAMPLE,
  open: parseFile,
  edit: editFile,
  references: (uri, file) => [
    ...importsOf(uri, file).map((imported) => ({ uri: imported, kind: "allocpolicy" })),
    ...logsOf(uri, file).map((log) => ({ uri: log, kind: "kernel-log" })),
  ],
  answers: {
    prepare: environmentOf,
    workAhead,
    findings: findingsOf,
    makeFindings,
    findingsSoFar,
    related: relatedOf,
    actions: actionsAt,
    fixAll: fixAllAction,
    refactorings: refactoringsAt,
    lenses: { of: lensesOf, uses: lensUses },
    hover: hoverAt,
    completion: {
      triggers: TRIGGERS,
      at(workspace, uri, offset, trigger) {
        const list = completionsAt(workspace, uri, offset, trigger);
        return { ...list, items: list.items.map(itemOfKind) };
      },
      documentation: resolveCompletion,
    },
    definition: definitionAt,
    uses: usesAt,
    highlights: highlightsAt,
    signature: { triggers: SIGNATURE_TRIGGERS, at: signatureAt },
    hierarchy: { itemAt: hierarchyItemAt, incoming: incomingCalls, outgoing: outgoingCalls },
    linkedRanges: linkedRangesAt,
    rename: { prepare: prepareRename, at: renameAt },
    stretches: stretchesOf,
    symbols: ofFile((file, asked: Asked) =>
      symbolsOf(file, asked).map(({ start, items }) => ({ start, items: documentSymbols(items) })),
    ),
    folds: ofFile(foldsOf),
    selections: ofFile(selectionsAt),
    links: linksOf,
    tokens: semanticTokensOf,
    hints: inlayHintsOf,
    formatting: ofFile(formattingOf),
    onTypeFormatting: { after: FORMATTED_AFTER, at: ofFile(onTypeFormattingOf) },
    kernelInForce,
  },
});

/** Asks what needs the file alone; a file that the workspace does not have answers nothing. */
function ofFile<Rest extends readonly unknown[], Item>(
  ask: (file: SourceFile, ...rest: Rest) => readonly Item[],
): (workspace: Workspace, uri: string, ...rest: Rest) => readonly Item[] {
  return (workspace, uri, ...rest) => {
    const file = policyFile(workspace, uri);
    return file === undefined ? [] : ask(file, ...rest);
  };
}

const NO_STRETCHES: Stretches = { keys: [], starts: [], hanging: [] };

function stretchesOf(workspace: Workspace, uri: string): Stretches {
  const file = policyFile(workspace, uri);
  if (file === undefined) return NO_STRETCHES;
  // Those that lead to other files hang on them; imports fold together.
  return { keys: file.regions, starts: file.starts, hanging: file.leading };
}

const documentSymbols = kept((symbols: readonly FileSymbol[]) => symbols.map(documentSymbol));

function documentSymbol(symbol: FileSymbol): DocumentSymbol {
  return { ...symbol, kind: SYMBOL_KIND[symbol.kind], children: symbol.children.map(documentSymbol) };
}

const SYMBOL_KIND: Readonly<Record<FileSymbolKind, SymbolKind>> = {
  flags: "constant",
  flag: "constant",
  transform: "function",
  allocator: "function",
  context: "namespace",
  scope: "namespace",
  request: "class",
  policy: "interface",
  memory: "struct",
  mode: "enumMember",
  stage: "property",
  zone: "field",
  node: "object",
};

const itemOfKind = kept((item: Completion) => ({ ...item, kind: ITEM_KIND[item.kind] }));

const ITEM_KIND: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: "keyword",
  property: "property",
  flag: "enumMember",
  composite: "constant",
  mask: "variable",
  function: "function",
  context: "typeParameter",
  value: "value",
  unit: "unit",
  kernel: "value",
  rule: "field",
  name: "variable",
  file: "file",
  snippet: "snippet",
};
