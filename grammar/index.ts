/** The language as text and tree: the grammar floor's front door. */
export type * from "./ast.ts";
export { bareRegion, type Edit, type SourceFile } from "./source-file.ts";
export { expectedAt, keywordUses, type Expected, type Wanted } from "./expected.ts";
export { isKeyword, UNITS } from "./tokens.ts";
export { MEMORY_FACTS, MEMORY_WORDS, memoryFact, TIME_UNITS } from "./memory-facts.ts";
export type { NameRole } from "./roles.ts";
export {
  NUMBER_PROPERTIES,
  PROPERTY_WORDS,
  REQUEST_PROPERTIES,
  requestProperty,
  type PropertyWord,
  type RequestProperty,
} from "./request-properties.ts";
export { editFile, parseFile } from "./regions.ts";
export { outlineOf, type Outline } from "./outline.ts";
export { parseMask, parseSize } from "./parts.ts";
export { format, formattedParts } from "./format.ts";
export { tokenize } from "./tokenize.ts";
