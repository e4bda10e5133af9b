import type {
  CodeAction,
  CompletionItem,
  CompletionItemKind,
  Connection,
  DocumentHighlight,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  LocationLink,
  Range,
  SelectionRange,
  SemanticTokens,
  SemanticTokensDelta,
  SymbolInformation,
  SymbolKind,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver";
import { policyFile, policyFiles } from "../policy-language/policy-files.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Workspace } from "../documents/workspace.ts";
import { actionsAt, fixAllAction, type Action, type Change } from "../service/actions.ts";
import { completionsAt, resolveCompletion, type Completion, type CompletionKind } from "../service/completion.ts";
import { decodeMask } from "../service/decode.ts";
import { definitionAt } from "../service/definition.ts";
import { foldsOf } from "../service/folding.ts";
import { formattingOf } from "../service/formatting.ts";
import { hoverAt } from "../service/hover.ts";
import { inlayHintsOf } from "../service/inlay-hints.ts";
import { kernelInForce } from "../service/kernel-in-force.ts";
import { linksOf } from "../service/links.ts";
import { highlightsAt, referencesAt } from "../service/references.ts";
import { prepareRename, renameAt } from "../service/rename.ts";
import { rulePage } from "../policy-language/catalogue.ts";
import { selectionsAt } from "../service/selection.ts";
import { semanticTokensOf } from "../service/semantic-tokens.ts";
import { matches, symbolsOf, type FileSymbol, type FileSymbolKind } from "../service/symbols.ts";
import { SOURCE_FIX_ALL, type Abilities } from "./capabilities.ts";
import { diagnosticOf } from "./diagnostics.ts";
import { guarded, refused, type Log } from "./guard.ts";
import { decodeRequest, kernelInForceRequest, rulePageRequest } from "./requests.ts";
import { packTokens, tokensEdit } from "./semantic-tokens.ts";
import type { Session } from "./session.ts";

const MOST_SYMBOLS = 5000;
const MOST_LINKS = 1000;
const MOST_HINTS = 2000;

/** Answers every request about the text of a document. */
export function registerFeatures(connection: Connection, session: Session, log: Log, abilities: () => Abilities): void {
  const { files } = session;

  connection.onHover(
    guarded(log, "textDocument/hover", ({ textDocument, position }): Hover | null => {
      const { key, workspace, file } = session.document(textDocument.uri);
      const found = hoverAt(workspace, key, files.offset(file, position));
      if (found === null) return null;
      const value = abilities().markdown ? found.markdown : plain(found.markdown);
      return {
        contents: { kind: abilities().markdown ? "markdown" : "plaintext", value },
        range: files.rangeIn(file, found.start, found.end),
      };
    }),
  );

  // Completion --------------------------------------------------------------------------------------------------------

  connection.onCompletion(
    guarded(log, "textDocument/completion", ({ textDocument, position, context }) => {
      const { key, workspace, file } = session.document(textDocument.uri);
      const list = completionsAt(workspace, key, files.offset(file, position), context?.triggerCharacter ?? null);
      const range = files.rangeIn(file, list.start, list.end);
      return {
        isIncomplete: list.incomplete,
        items: list.items.map((completion, index) => completionItem(completion, index, range, key, abilities())),
      };
    }),
  );
  connection.onCompletionResolve(
    guarded(log, "completionItem/resolve", (item): CompletionItem => {
      const about = completionData(item.data);
      if (about === null) return item;
      const workspace = session.folder(about.key).workspace;
      const documentation = resolveCompletion(workspace, about.key, about.topic);
      if (documentation === null) return item;
      return {
        ...item,
        documentation: {
          kind: abilities().markdown ? "markdown" : "plaintext",
          value: abilities().markdown ? documentation : plain(documentation),
        },
      };
    }),
  );

  // Names -------------------------------------------------------------------------------------------------------------

  connection.onDefinition(
    guarded(log, "textDocument/definition", ({ textDocument, position }): LocationLink[] | Location | null => {
      const { key, workspace, file } = session.document(textDocument.uri);
      const found = definitionAt(workspace, key, files.offset(file, position));
      if (found === null) return null;
      return {
        uri: files.clientUri(found.target.uri),
        range: files.range(workspace, found.target.uri, found.target.start, found.target.end),
      };
    }),
  );
  connection.onReferences(
    guarded(log, "textDocument/references", async ({ textDocument, position, context }): Promise<Location[]> => {
      await session.scanFolders();
      const { key, workspace, file } = session.document(textDocument.uri);
      return referencesAt(workspace, key, files.offset(file, position))
        .filter((reference) => context.includeDeclaration || !reference.declares)
        .map((reference) => ({
          uri: files.clientUri(reference.uri),
          range: files.range(workspace, reference.uri, reference.start, reference.end),
        }));
    }),
  );
  connection.onDocumentHighlight(
    guarded(log, "textDocument/documentHighlight", ({ textDocument, position }): DocumentHighlight[] => {
      const { key, workspace, file } = session.document(textDocument.uri);
      return highlightsAt(workspace, key, files.offset(file, position)).map((each) => ({
        range: files.rangeIn(file, each.start, each.end),
        kind: each.declares ? HIGHLIGHT.write : HIGHLIGHT.read,
      }));
    }),
  );
  connection.onPrepareRename(
    guarded(log, "textDocument/prepareRename", ({ textDocument, position }) => {
      const { key, workspace, file } = session.document(textDocument.uri);
      const start = prepareRename(workspace, key, files.offset(file, position));
      if (!start.ok) throw refused(start.why);
      return { range: files.rangeIn(file, start.range.start, start.range.end), placeholder: start.name };
    }),
  );
  connection.onRenameRequest(
    guarded(log, "textDocument/rename", async ({ textDocument, position, newName }): Promise<WorkspaceEdit> => {
      if (typeof newName !== "string") throw refused("A rename needs a new name.");
      await session.scanFolders();
      const { key, workspace, file } = session.document(textDocument.uri);
      const rename = renameAt(workspace, key, files.offset(file, position), newName);
      if (!rename.ok) throw refused(rename.why);
      const changes = new Map<string, Change[]>();
      for (const { uri, start, end } of rename.places) {
        const list = changes.get(uri) ?? [];
        list.push({ start, end, text: rename.name });
        changes.set(uri, list);
      }
      return workspaceEdit(workspace, changes);
    }),
  );

  // Outline -----------------------------------------------------------------------------------------------------------

  connection.onDocumentSymbol(
    guarded(log, "textDocument/documentSymbol", ({ textDocument }): DocumentSymbol[] | SymbolInformation[] => {
      const { file } = session.document(textDocument.uri);
      const symbols = symbolsOf(file, MOST_SYMBOLS);
      if (abilities().nestedSymbols) return symbols.map((symbol) => documentSymbol(file, symbol));
      return symbols.map((symbol) => ({
        name: symbol.name,
        kind: SYMBOL_KIND[symbol.kind],
        location: { uri: textDocument.uri, range: files.rangeIn(file, symbol.range.start, symbol.range.end) },
      }));
    }),
  );

  function documentSymbol(file: SourceFile, symbol: FileSymbol): DocumentSymbol {
    return {
      name: symbol.name,
      ...(symbol.detail === "" ? {} : { detail: symbol.detail }),
      kind: SYMBOL_KIND[symbol.kind],
      range: files.rangeIn(file, symbol.range.start, symbol.range.end),
      selectionRange: files.rangeIn(file, symbol.nameRange.start, symbol.nameRange.end),
      ...(symbol.children.length === 0
        ? {}
        : { children: symbol.children.map((child) => documentSymbol(file, child)) }),
    };
  }

  connection.onWorkspaceSymbol(
    guarded(log, "workspace/symbol", async ({ query }): Promise<SymbolInformation[]> => {
      await session.scanFolders();
      const found: SymbolInformation[] = [];
      for (const folder of session.folders) {
        for (const [key, file] of policyFiles(folder.workspace)) {
          if (session.folder(key) !== folder) continue;
          for (const symbol of symbolsOf(file, MOST_SYMBOLS)) {
            if (found.length >= MOST_SYMBOLS) return found;
            if (!matches(symbol.name, query)) continue;
            found.push({
              name: symbol.name,
              kind: SYMBOL_KIND[symbol.kind],
              location: {
                uri: files.clientUri(key),
                range: files.rangeIn(file, symbol.nameRange.start, symbol.nameRange.end),
              },
            });
          }
        }
      }
      return found;
    }),
  );

  connection.onFoldingRanges(
    guarded(log, "textDocument/foldingRange", ({ textDocument }): FoldingRange[] => {
      const { file } = session.document(textDocument.uri);
      const { foldingLimit, lineFoldingOnly } = abilities();
      return foldsOf(file, foldingLimit).flatMap((fold): FoldingRange[] => {
        const { start, end } = files.rangeIn(file, fold.start, fold.end);
        // Where whole lines fold, the closing brace stays to be seen.
        const lastLine =
          fold.kind === "block" && lineFoldingOnly && file.text[fold.end - 1] === "}" ? end.line - 1 : end.line;
        if (lastLine <= start.line) return [];
        const kind = fold.kind === "block" ? {} : { kind: fold.kind };
        return [
          lineFoldingOnly
            ? { startLine: start.line, endLine: lastLine, ...kind }
            : {
                startLine: start.line,
                startCharacter: start.character,
                endLine: lastLine,
                endCharacter: end.character,
                ...kind,
              },
        ];
      });
    }),
  );
  connection.onSelectionRanges(
    guarded(log, "textDocument/selectionRange", ({ textDocument, positions }): SelectionRange[] => {
      const { file } = session.document(textDocument.uri);
      return positions.map((position) => {
        let chain: SelectionRange | undefined;
        for (const span of [...selectionsAt(file, files.offset(file, position))].reverse()) {
          const range = files.rangeIn(file, span.start, span.end);
          chain = chain === undefined ? { range } : { range, parent: chain };
        }
        return chain ?? { range: { start: position, end: position } };
      });
    }),
  );
  connection.onDocumentLinks(
    guarded(log, "textDocument/documentLink", ({ textDocument }): DocumentLink[] => {
      const { key, workspace, file } = session.document(textDocument.uri);
      return linksOf(workspace, key, MOST_LINKS).map((link) => ({
        range: files.rangeIn(file, link.start, link.end),
        target: link.target.kind === "file" ? files.clientUri(link.target.uri) : link.target.url,
        tooltip: link.tooltip,
      }));
    }),
  );

  // Colours and hints -------------------------------------------------------------------------------------------------

  /** The tokens last sent, by document, for the next delta. */
  const sentTokens = new Map<string, { readonly resultId: string; readonly data: readonly number[] }>();
  let tokenResults = 0;

  function allTokens(uri: string): { readonly key: string; readonly data: number[] } {
    const { key, workspace, file } = session.document(uri);
    return { key, data: packTokens(semanticTokensOf(workspace, key, 0, file.text.length), files.lines(file)) };
  }

  function remember(key: string, data: readonly number[]): string {
    tokenResults += 1;
    const resultId = String(tokenResults);
    for (const known of sentTokens.keys()) if (session.versionOf(known) === null) sentTokens.delete(known);
    sentTokens.set(key, { resultId, data });
    return resultId;
  }

  connection.languages.semanticTokens.on(
    guarded(log, "textDocument/semanticTokens/full", ({ textDocument }): SemanticTokens => {
      const { key, data } = allTokens(textDocument.uri);
      return { resultId: remember(key, data), data };
    }),
  );
  connection.languages.semanticTokens.onDelta(
    guarded(
      log,
      "textDocument/semanticTokens/full/delta",
      ({ textDocument, previousResultId }): SemanticTokens | SemanticTokensDelta => {
        const { key, data } = allTokens(textDocument.uri);
        const previous = sentTokens.get(key);
        const resultId = remember(key, data);
        if (previous?.resultId !== previousResultId) return { resultId, data };
        const edit = tokensEdit(previous.data, data);
        return { resultId, edits: edit === null ? [] : [edit] };
      },
    ),
  );
  connection.languages.semanticTokens.onRange(
    guarded(log, "textDocument/semanticTokens/range", ({ textDocument, range }): SemanticTokens => {
      const { key, workspace, file } = session.document(textDocument.uri);
      return {
        data: packTokens(
          semanticTokensOf(workspace, key, files.offset(file, range.start), files.offset(file, range.end)),
          files.lines(file),
        ),
      };
    }),
  );
  connection.languages.inlayHint.on(
    guarded(log, "textDocument/inlayHint", ({ textDocument, range }): InlayHint[] => {
      const { key, workspace, file, folder } = session.document(textDocument.uri);
      if (!folder.settings.inlayHints) return [];
      return inlayHintsOf(
        workspace,
        key,
        files.offset(file, range.start),
        files.offset(file, range.end),
        MOST_HINTS,
      ).map((hint) => ({
        position: files.rangeIn(file, hint.offset, hint.offset).start,
        label: hint.text,
        paddingLeft: true,
      }));
    }),
  );

  // Changes -----------------------------------------------------------------------------------------------------------

  connection.onDocumentFormatting(
    guarded(log, "textDocument/formatting", ({ textDocument }): TextEdit[] => {
      const { file } = session.document(textDocument.uri);
      return formattingOf(file, 0, file.text.length).map((change) => textEdit(file, change));
    }),
  );
  connection.onDocumentRangeFormatting(
    guarded(log, "textDocument/rangeFormatting", ({ textDocument, range }): TextEdit[] => {
      const { file } = session.document(textDocument.uri);
      return formattingOf(file, files.offset(file, range.start), files.offset(file, range.end)).map((change) =>
        textEdit(file, change),
      );
    }),
  );
  connection.onCodeAction(
    guarded(log, "textDocument/codeAction", ({ textDocument, range, context }): CodeAction[] => {
      const { key, workspace, file } = session.document(textDocument.uri);
      const wanted = (kind: string): boolean =>
        context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`));
      const actions: Action[] = [];
      if (wanted("quickfix"))
        actions.push(...actionsAt(workspace, key, files.offset(file, range.start), files.offset(file, range.end)));
      // An editor that asks for everything at the cursor gets "fix all" where there is something to fix at the cursor.
      if (wanted(SOURCE_FIX_ALL) && (context.only !== undefined || actions.length > 0)) {
        const all = fixAllAction(workspace, key);
        if (all !== null) actions.push(all);
      }
      return actions.map((action) => ({
        title: action.title,
        kind: action.kind === "fix-all" ? SOURCE_FIX_ALL : "quickfix",
        ...(action.kind === "fix-all"
          ? {}
          : {
              diagnostics: action.findings.map((placed) =>
                diagnosticOf(placed, workspace, key, files, abilities().diagnostics),
              ),
            }),
        ...(action.preferred && abilities().preferredActions ? { isPreferred: true } : {}),
        edit: workspaceEdit(workspace, new Map([[key, [...action.changes]]])),
      }));
    }),
  );

  function textEdit(file: SourceFile, change: Change): TextEdit {
    return { range: files.rangeIn(file, change.start, change.end), newText: change.text };
  }

  function workspaceEdit(workspace: Workspace, changes: ReadonlyMap<string, readonly Change[]>): WorkspaceEdit {
    const edits = [...changes].flatMap(([key, list]) => {
      const file = policyFile(workspace, key);
      return file === undefined ? [] : [{ key, edits: list.map((change) => textEdit(file, change)) }];
    });
    if (abilities().documentChanges)
      return {
        documentChanges: edits.map(({ key, edits: list }) => ({
          textDocument: { uri: files.clientUri(key), version: session.versionOf(key) },
          edits: list,
        })),
      };
    return { changes: Object.fromEntries(edits.map(({ key, edits: list }) => [files.clientUri(key), list])) };
  }

  // Beyond the protocol -----------------------------------------------------------------------------------------------

  connection.onRequest(
    kernelInForceRequest,
    guarded(log, kernelInForceRequest.method, (params) => {
      const key = files.key(textOf(params, "uri") ?? "");
      return kernelInForce(session.folder(key).workspace, key);
    }),
  );
  connection.onRequest(
    rulePageRequest,
    guarded(log, rulePageRequest.method, (params) => {
      const markdown = rulePage(textOf(params, "rule") ?? "");
      return markdown === null ? null : { markdown };
    }),
  );
  connection.onRequest(
    decodeRequest,
    guarded(log, decodeRequest.method, (params) => {
      const text = decodeMask(textOf(params, "mask") ?? "", textOf(params, "kernel"));
      return text === null ? null : { text };
    }),
  );
}

function completionItem(
  completion: Completion,
  index: number,
  range: Range,
  key: string,
  abilities: Abilities,
): CompletionItem {
  const snippet = completion.snippet !== null && abilities.snippets;
  const labelDetails =
    completion.detail === null || !abilities.labelDetails ? {} : { labelDetails: { description: completion.detail } };
  return {
    label: completion.label,
    kind: ITEM_KIND[completion.kind],
    sortText: `${completion.useless === null ? 0 : 1}${String(index).padStart(4, "0")}`,
    textEdit: { range, newText: snippet ? (completion.snippet ?? completion.label) : completion.insert },
    ...(snippet ? { insertTextFormat: 2 } : {}),
    ...(completion.detail === null ? {} : { detail: completion.detail }),
    ...labelDetails,
    ...(completion.topic === null ? {} : { data: { key, topic: completion.topic } }),
    ...(completion.useless !== null && abilities.deprecatedTagInCompletion ? { tags: [1 as const] } : {}),
    ...(completion.followUp ? { command: { title: "Suggest", command: "editor.action.triggerSuggest" } } : {}),
  };
}

function completionData(data: unknown): { readonly key: string; readonly topic: string } | null {
  const key = textOf(data, "key");
  const topic = textOf(data, "topic");
  return key === null || topic === null ? null : { key, topic };
}

/** A text field of what a client sent. */
function textOf(params: unknown, field: string): string | null {
  if (typeof params !== "object" || params === null || !(field in params)) return null;
  const value: unknown = Reflect.get(params, field);
  return typeof value === "string" ? value : null;
}

/** Markdown for a client that shows plain text: without the marks that only a renderer understands. */
function plain(markdown: string): string {
  return markdown.replace(/```\w*\n?/g, "").replace(/\*\*|`/g, "");
}

// Numbers of the protocol's enumerations.
const HIGHLIGHT = { read: 2, write: 3 } as const;
const SYMBOL_KIND: Readonly<Record<FileSymbolKind, SymbolKind>> = {
  flags: 14,
  transform: 12,
  context: 3,
  request: 5,
  policy: 11,
  memory: 23,
  mode: 22,
  stage: 7,
  zone: 8,
  node: 19,
};
const ITEM_KIND: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: 14,
  property: 10,
  flag: 20,
  composite: 21,
  mask: 6,
  function: 3,
  context: 25,
  value: 12,
  unit: 11,
  kernel: 12,
  rule: 5,
  name: 6,
  snippet: 15,
};
