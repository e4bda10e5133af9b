/** What is written behind the word of a property. */
export type PropertyValue =
  /** One name: of an API, a context, a zone, a request. */
  | "name"
  | "names"
  | "mask"
  | "size"
  | "number"
  /** One of a few words; `node`: or a number. */
  | "choice"
  /** Something between braces. */
  | "block"
  /** A rule, and why it is waived. */
  | "waiver";

/**
 * What a property of a request is: the parser, the resolution of requests, completion, hovers and docs/language.md read
 * it.
 */
export interface RequestProperty {
  readonly value: PropertyValue;
  /** An example, and what it means; for hovers, completion and the documentation. */
  readonly syntax: string;
  readonly meaning: string;
  /** It says how much is asked for, in this unit. Of those, all but a count take each other's place. */
  readonly sizeIn?: "bytes" | "order" | "pages" | "count";
  /** It may stand more than once. */
  readonly repeats?: true;
}

/**
 * The properties of a request, told once. A new one whose value is a number is an entry here and an API that reads it
 * (`numbers` of `Api`, `numbers` of `AllocationRequest`); other values need a place in the tree (`Property`).
 */
export const REQUEST_PROPERTIES = {
  api: {
    value: "name",
    syntax: "api alloc_pages",
    meaning: "The allocation function. It decides how the mask is read and in which unit the size is given.",
  },
  size: { value: "size", sizeIn: "bytes", syntax: "size 4 KiB", meaning: "The size in bytes." },
  order: { value: "number", sizeIn: "order", syntax: "order 3", meaning: "The order: 2^order pages in a row." },
  pages: { value: "number", sizeIn: "pages", syntax: "pages 512", meaning: "The number of pages of a range." },
  count: {
    value: "number",
    sizeIn: "count",
    syntax: "count 16",
    meaning: "The number of objects or pages of a bulk call.",
  },
  align: {
    value: "number",
    syntax: "align 64",
    meaning: "The alignment, as the function takes it: in bytes for `page_frag_alloc_align`.",
  },
  ranges: {
    value: "number",
    syntax: "ranges 32",
    meaning: "How many ranges of this size the caller asks for, one after another. Left out: one.",
  },
  attempts: {
    value: "number",
    syntax: "attempts 5",
    meaning: "How often the caller of a range calls before it gives up, as virtio-mem does. Left out: once.",
  },
  flags: { value: "mask", syntax: "flags GFP_KERNEL | __GFP_ZERO", meaning: "The mask, in C's notation." },
  context: {
    value: "name",
    syntax: "context softirq",
    meaning: "Where the call is made from: a built-in or a declared context. Left out: `process`.",
  },
  node: { value: "choice", syntax: "node 0 · node any", meaning: "The NUMA node asked for." },
  zone: {
    value: "name",
    syntax: "zone DMA32",
    meaning: "The zone that the caller needs the memory to be in. A mask that does not lead there is reported.",
  },
  cache: {
    value: "block",
    syntax: "cache { ctor  size 256 }",
    meaning: "Facts of the slab cache, for `kmem_cache_alloc`.",
  },
  handles: {
    value: "choice",
    syntax: "handles null · handles nothing",
    meaning: "What the caller does when the call fails.",
  },
  fallback: {
    value: "name",
    syntax: "fallback NAME",
    meaning: "The request tried next when this one fails; `none` clears an inherited one.",
  },
  policy: {
    value: "names",
    repeats: true,
    syntax: "policy NAME",
    meaning: "Binds a policy. Policies `for` this API bind by themselves.",
  },
  expect: {
    value: "block",
    repeats: true,
    syntax: "expect { sleeps never }",
    meaning: "Beliefs about this request. One that does not hold is an error.",
  },
  waive: {
    value: "waiver",
    repeats: true,
    syntax: 'waive RULE because "…"',
    meaning: "Silences one rule here; the reason is required.",
  },
} as const satisfies Readonly<Record<string, RequestProperty>>;

type Table = typeof REQUEST_PROPERTIES;

/** The word of a property. */
export type PropertyWord = keyof Table;

/** The words of those whose value is a number. */
export type NumberProperty = {
  [Word in PropertyWord]: Table[Word]["value"] extends "number" ? Word : never;
}[PropertyWord];

function isPropertyWord(word: string): word is PropertyWord {
  return Object.hasOwn(REQUEST_PROPERTIES, word);
}

/** Every property, in the order of the table. */
export const PROPERTY_WORDS: readonly PropertyWord[] = Object.keys(REQUEST_PROPERTIES).filter(isPropertyWord);

/** The entry of a property, without the exact types of its fields. */
export function requestProperty(word: PropertyWord): RequestProperty {
  return REQUEST_PROPERTIES[word];
}

function isNumberProperty(word: PropertyWord): word is NumberProperty {
  return requestProperty(word).value === "number";
}

/** Those whose value is a number. */
export const NUMBER_PROPERTIES: readonly NumberProperty[] = PROPERTY_WORDS.filter(isNumberProperty);
