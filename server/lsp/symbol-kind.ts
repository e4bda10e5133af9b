import type { SymbolKind } from "vscode-languageserver";
import type { SymbolKind as SymbolKindName } from "../service/document-kind.ts";

/** The protocol's number of a kind of symbols. */
export const SYMBOL_KIND: Readonly<Record<SymbolKindName, SymbolKind>> = {
  file: 1,
  module: 2,
  namespace: 3,
  package: 4,
  class: 5,
  method: 6,
  property: 7,
  field: 8,
  constructor: 9,
  enum: 10,
  interface: 11,
  function: 12,
  variable: 13,
  constant: 14,
  string: 15,
  number: 16,
  boolean: 17,
  array: 18,
  object: 19,
  key: 20,
  null: 21,
  enumMember: 22,
  struct: 23,
  event: 24,
  operator: 25,
  typeParameter: 26,
};
