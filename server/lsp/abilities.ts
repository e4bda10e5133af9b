import type { ClientCapabilities } from "vscode-languageserver";
import { PAGES_ON_THE_WEB } from "../rules/rule-page.ts";
import type { DiagnosticAbilities } from "./diagnostics.ts";

/** What the client said that it can do, as far as the server cares. */
export interface Abilities {
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly refreshesInlayHints: boolean;
  readonly refreshesSemanticTokens: boolean;
  readonly refreshesCodeLenses: boolean;
  readonly configuration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  /** Which documents are sent, and what is asked of them, can be said later. */
  readonly registersDocuments: boolean;
  readonly workspaceFolders: boolean;
  readonly snippets: boolean;
  readonly markdown: boolean;
  /** Details and documentation may be filled in later (`completionItem/resolve`). */
  readonly resolvesCompletion: boolean;
  readonly deprecatedTagInCompletion: boolean;
  readonly labelDetails: boolean;
  readonly nestedSymbols: boolean;
  readonly lineFoldingOnly: boolean;
  readonly foldingLimit: number;
  readonly documentChanges: boolean;
  readonly preferredActions: boolean;
  /** It wants to hear when answers beyond the protocol change (`experimental.allocpolicyAnswersChanged`). */
  readonly hearsOfAnswers: boolean;
  /** It has the commands of lenses (`experimental.allocpolicyLensCommands`), which no protocol has. */
  readonly lensCommands: boolean;
  readonly diagnostics: DiagnosticAbilities;
}

const MOST_FOLDS = 5000;

/** A client with little to say leaves out even what the protocol requires. */
function includes(list: unknown, item: string | number): boolean {
  return Array.isArray(list) && list.includes(item);
}

function limitOf(given: unknown): number {
  return typeof given === "number" && given >= 0 ? Math.min(given, MOST_FOLDS) : MOST_FOLDS;
}

/** `rulePages`: the folder of the rules' pages, as a uri with its slash. */
export function abilitiesOf(client: ClientCapabilities, rulePages: string = PAGES_ON_THE_WEB): Abilities {
  const { textDocument = {}, workspace = {} } = client;
  const item = textDocument.completion?.completionItem;
  const publish = textDocument.publishDiagnostics;
  const pull = textDocument.diagnostic;
  return {
    pullsDiagnostics: pull !== undefined,
    refreshesDiagnostics: workspace.diagnostics?.refreshSupport === true,
    refreshesInlayHints: workspace.inlayHint?.refreshSupport === true,
    refreshesSemanticTokens: workspace.semanticTokens?.refreshSupport === true,
    refreshesCodeLenses: workspace.codeLens?.refreshSupport === true,
    configuration: workspace.configuration === true,
    registersConfiguration: workspace.didChangeConfiguration?.dynamicRegistration === true,
    registersDocuments: [textDocument.synchronization, textDocument.hover, textDocument.codeAction].every(
      (one) => one?.dynamicRegistration === true,
    ),
    registersWatchers: workspace.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace.workspaceFolders === true,
    snippets: item?.snippetSupport === true,
    markdown: textDocument.hover?.contentFormat === undefined || includes(textDocument.hover.contentFormat, "markdown"),
    resolvesCompletion: includes(item?.resolveSupport?.properties, "documentation"),
    deprecatedTagInCompletion: includes(item?.tagSupport?.valueSet, 1),
    labelDetails: item?.labelDetailsSupport === true,
    nestedSymbols: textDocument.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    lineFoldingOnly: textDocument.foldingRange?.lineFoldingOnly === true,
    foldingLimit: limitOf(textDocument.foldingRange?.rangeLimit),
    documentChanges: workspace.workspaceEdit?.documentChanges === true,
    hearsOfAnswers: isSaid(client.experimental, "allocpolicyAnswersChanged"),
    lensCommands: isSaid(client.experimental, "allocpolicyLensCommands"),
    preferredActions: textDocument.codeAction?.isPreferredSupport === true,
    diagnostics: {
      relatedInformation: (pull?.relatedInformation ?? publish?.relatedInformation) === true,
      tags: (pull?.tagSupport ?? publish?.tagSupport) !== undefined,
      rulePages,
      data: (pull?.dataSupport ?? publish?.dataSupport) !== false,
    },
  };
}

function isSaid(experimental: unknown, ability: string): boolean {
  return typeof experimental === "object" && experimental !== null && Reflect.get(experimental, ability) === true;
}
