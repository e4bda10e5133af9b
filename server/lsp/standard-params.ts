import { isObject } from "./initialize-params.ts";
import type { Parameters } from "./parameters.ts";

/**
 * Reads what is needed of the parameters of a message of the protocol, which clients are free to get wrong.
 * @throws ResponseError that names what is missing or of another kind
 */
export function checkStandardParams(method: string, given: Parameters): void {
  CHECKS.get(method)?.(given);
}

type Check = (given: Parameters) => void;

const document: Check = (given) => void given.inner("textDocument").text("uri");

const position: Check = (given) => {
  given.whole("line");
  given.whole("character");
};

const range: Check = (given) => {
  position(given.inner("start"));
  position(given.inner("end"));
};

const at: Check = (given) => {
  document(given);
  position(given.inner("position"));
};

const within: Check = (given) => {
  document(given);
  range(given.inner("range"));
};

const hierarchyItem: Check = (given) => {
  const item = given.inner("item");
  item.text("uri");
  range(item.inner("selectionRange"));
};

const change: Check = (given) => {
  given.text("text");
  if (given.has("range")) range(given.inner("range"));
};

/** What `change` lets pass, told without words: there may be thousands in one message. */
function isChange(given: unknown): boolean {
  if (!isObject(given) || typeof given.text !== "string") return false;
  const { range } = given;
  return range === undefined || range === null || (isObject(range) && isPosition(range.start) && isPosition(range.end));
}

const isPosition = (given: unknown): boolean =>
  isObject(given) && Number.isInteger(given.line) && Number.isInteger(given.character);

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["textDocument/hover", at],
  ["textDocument/completion", at],
  ["textDocument/signatureHelp", at],
  ["textDocument/declaration", at],
  ["textDocument/definition", at],
  ["textDocument/documentHighlight", at],
  ["textDocument/linkedEditingRange", at],
  ["textDocument/prepareCallHierarchy", at],
  ["textDocument/prepareRename", at],
  ["textDocument/inlayHint", within],
  ["textDocument/rangeFormatting", within],
  ["textDocument/semanticTokens/range", within],
  ["textDocument/codeLens", document],
  ["textDocument/diagnostic", document],
  ["textDocument/documentLink", document],
  ["textDocument/documentSymbol", document],
  ["textDocument/foldingRange", document],
  ["textDocument/formatting", document],
  ["textDocument/semanticTokens/full", document],
  ["textDocument/didClose", document],
  ["callHierarchy/incomingCalls", hierarchyItem],
  ["callHierarchy/outgoingCalls", hierarchyItem],
  [
    "textDocument/semanticTokens/full/delta",
    (given) => {
      document(given);
      given.text("previousResultId");
    },
  ],
  [
    "textDocument/references",
    (given) => {
      at(given);
      given.inner("context").optionalFlag("includeDeclaration");
    },
  ],
  [
    "textDocument/rename",
    (given) => {
      at(given);
      given.text("newName");
    },
  ],
  [
    "textDocument/onTypeFormatting",
    (given) => {
      at(given);
      given.text("ch");
    },
  ],
  [
    "textDocument/codeAction",
    (given) => {
      within(given);
      const context = given.inner("context");
      if (context.has("only")) context.texts("only");
    },
  ],
  [
    "textDocument/selectionRange",
    (given) => {
      document(given);
      for (const one of given.list("positions")) position(one);
    },
  ],
  ["workspace/symbol", (given) => void given.text("query")],
  [
    "workspace/diagnostic",
    (given) => {
      for (const one of given.list("previousResultIds")) {
        one.text("uri");
        one.text("value");
      }
    },
  ],
  [
    "workspace/willRenameFiles",
    (given) => {
      for (const one of given.list("files")) {
        one.text("oldUri");
        one.text("newUri");
      }
    },
  ],
  [
    "textDocument/didOpen",
    (given) => {
      const opened = given.inner("textDocument");
      for (const name of ["uri", "languageId", "text"]) opened.text(name);
      if (opened.has("version")) opened.number("version");
    },
  ],
  [
    "textDocument/didChange",
    (given) => {
      document(given);
      const changed = given.inner("textDocument");
      if (changed.has("version")) changed.number("version");
      if (!given.isListOf("contentChanges", isChange)) for (const one of given.list("contentChanges")) change(one);
    },
  ],
  [
    "workspace/didChangeWatchedFiles",
    (given) => {
      for (const one of given.list("changes")) one.text("uri");
    },
  ],
  [
    "workspace/didChangeWorkspaceFolders",
    (given) => {
      const event = given.inner("event");
      for (const one of [...event.list("added"), ...event.list("removed")]) one.text("uri");
    },
  ],
]);
