/** The language as text and tree: the grammar floor's front door. */
export type * from "./ast.ts";
export { bareRegion, type Edit, type Region, type SourceFile } from "./source-file.ts";
export { expectedAt, keywordUses, type Around, type Expected, type KeywordUse, type Wanted } from "./expected.ts";
export { isKeyword, UNITS } from "./tokens.ts";
export { MEMORY_FACTS, MEMORY_WORDS, memoryFact, TIME_UNITS, type MemoryFact } from "./memory-facts.ts";
export type { NameRole } from "./roles.ts";
export {
  NUMBER_PROPERTIES,
  PROPERTY_WORDS,
  REQUEST_PROPERTIES,
  requestProperty,
  type NumberProperty,
  type PropertyValue,
  type PropertyWord,
  type RequestProperty,
} from "./request-properties.ts";
export { editFile, parseFile } from "./regions.ts";
export { outlineOf, type Outline } from "./outline.ts";
export { parseMask, parseSize } from "./parts.ts";
export { format, formattedParts, type Formatted, type FormattedPart } from "./format.ts";
export { eachMask, eachPredicate, tokenize, type LexicalKind, type LexicalToken } from "./tokenize.ts";
