/**
 * What the server takes of the library besides types, in one place: bundled, each file that imports it makes a copy of
 * all its names while the server starts.
 */
export {
  CodeActionRequest,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  ErrorCodes,
  HoverRequest,
  InlayHintRequest,
  LSPErrorCodes,
  Message,
  ParameterStructures,
  RequestType,
  ResponseError,
  ShowMessageNotification,
} from "vscode-languageserver";
