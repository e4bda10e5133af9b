/**
 * What the OASIS schema of SARIF 2.1.0 asks of the objects that AllocPolicy writes: which properties an object may have
 * and must have, and what they are. Written after the standard; an object may have no other property than those of the
 * standard, and those of the standard that are not written are not here.
 */
export type Schema =
  | { readonly kind: "string"; readonly among?: readonly string[]; readonly pattern?: RegExp }
  | { readonly kind: "integer"; readonly least: number }
  | { readonly kind: "list"; readonly of: () => Schema; readonly least?: number; readonly isUnique?: boolean }
  /** Any names, all of one kind. */
  | { readonly kind: "map"; readonly of: () => Schema }
  /** A property bag: anything. */
  | { readonly kind: "bag" }
  | {
      readonly kind: "object";
      readonly needs: readonly string[];
      /** One of these must be there. */
      readonly needsOneOf?: readonly string[];
      readonly has: Readonly<Record<string, () => Schema>>;
    };

const text = (): Schema => ({ kind: "string" });
const among =
  (...words: readonly string[]) =>
  (): Schema => ({ kind: "string", among: words });
const integer = (least: number) => (): Schema => ({ kind: "integer", least });
const listOf =
  (of: () => Schema, { least = 0, isUnique = false } = {}) =>
  (): Schema => ({ kind: "list", of, least, isUnique });
const bag = (): Schema => ({ kind: "bag" });
const uri = (): Schema => ({ kind: "string", pattern: /^[a-z][a-z0-9+.-]*:[!#$&-;=?-[\]_a-z~%]+$/i });
const uriReference = (): Schema => ({ kind: "string", pattern: /^(?:[!#$&-;=?-[\]_a-z~]|%[0-9a-f]{2})+$/i });
const level = among("none", "note", "warning", "error");

const message = (): Schema => ({
  kind: "object",
  needs: [],
  needsOneOf: ["text", "id"],
  has: { text, markdown: text, id: text, arguments: listOf(text), properties: bag },
});
const region = (): Schema => ({
  kind: "object",
  needs: [],
  has: {
    startLine: integer(1),
    startColumn: integer(1),
    endLine: integer(1),
    endColumn: integer(1),
    charOffset: integer(-1),
    charLength: integer(0),
    properties: bag,
  },
});
const artifactLocation = (): Schema => ({
  kind: "object",
  needs: [],
  has: { uri: uriReference, uriBaseId: text, index: integer(-1), description: message, properties: bag },
});
const physicalLocation = (): Schema => ({
  kind: "object",
  needs: [],
  needsOneOf: ["address", "artifactLocation"],
  has: { artifactLocation, region, contextRegion: region, properties: bag },
});
const logicalLocation = (): Schema => ({
  kind: "object",
  needs: [],
  has: { name: text, index: integer(-1), fullyQualifiedName: text, decoratedName: text, kind: text, properties: bag },
});
const location = (): Schema => ({
  kind: "object",
  needs: [],
  has: {
    id: integer(-1),
    physicalLocation,
    logicalLocations: listOf(logicalLocation, { isUnique: true }),
    message,
    properties: bag,
  },
});
const threadFlow = (): Schema => ({
  kind: "object",
  needs: ["locations"],
  has: {
    id: text,
    message,
    locations: listOf(
      () => ({
        kind: "object",
        needs: [],
        has: { index: integer(-1), location, nestingLevel: integer(0), executionOrder: integer(-1), properties: bag },
      }),
      { least: 1 },
    ),
    properties: bag,
  },
});
const codeFlow = (): Schema => ({
  kind: "object",
  needs: ["threadFlows"],
  has: { message, threadFlows: listOf(threadFlow, { least: 1 }), properties: bag },
});
const replacement = (): Schema => ({
  kind: "object",
  needs: ["deletedRegion"],
  has: {
    deletedRegion: region,
    insertedContent: () => ({ kind: "object", needs: [], has: { text, binary: text, properties: bag } }),
    properties: bag,
  },
});
const fix = (): Schema => ({
  kind: "object",
  needs: ["artifactChanges"],
  has: {
    description: message,
    artifactChanges: listOf(
      () => ({
        kind: "object",
        needs: ["artifactLocation", "replacements"],
        has: { artifactLocation, replacements: listOf(replacement, { least: 1 }), properties: bag },
      }),
      { least: 1, isUnique: true },
    ),
    properties: bag,
  },
});
const result = (): Schema => ({
  kind: "object",
  needs: ["message"],
  has: {
    ruleId: text,
    ruleIndex: integer(-1),
    kind: among("notApplicable", "pass", "fail", "review", "open", "informational"),
    level,
    message,
    locations: listOf(location),
    relatedLocations: listOf(location, { isUnique: true }),
    codeFlows: listOf(codeFlow),
    fixes: listOf(fix, { isUnique: true }),
    partialFingerprints: () => ({ kind: "map", of: text }),
    properties: bag,
  },
});
const rule = (): Schema => ({
  kind: "object",
  needs: ["id"],
  has: {
    id: text,
    name: text,
    shortDescription: () => ({ kind: "object", needs: ["text"], has: { text, markdown: text, properties: bag } }),
    helpUri: uri,
    defaultConfiguration: () => ({ kind: "object", needs: [], has: { level, properties: bag } }),
    properties: bag,
  },
});
const run = (): Schema => ({
  kind: "object",
  needs: ["tool"],
  has: {
    tool: () => ({
      kind: "object",
      needs: ["driver"],
      has: {
        driver: () => ({
          kind: "object",
          needs: ["name"],
          has: {
            name: text,
            version: text,
            semanticVersion: text,
            informationUri: uri,
            rules: listOf(rule, { isUnique: true }),
            properties: bag,
          },
        }),
        properties: bag,
      },
    }),
    columnKind: among("utf16CodeUnits", "unicodeCodePoints"),
    newlineSequences: listOf(text, { least: 1, isUnique: true }),
    results: listOf(result),
    properties: bag,
  },
});

/** A whole log. */
export const SARIF_LOG: Schema = {
  kind: "object",
  needs: ["version", "runs"],
  has: { $schema: uri, version: among("2.1.0"), runs: listOf(run) },
};

/** What in a value is not as the schema says, by its path; empty for a valid one. */
export function violations(schema: Schema, value: unknown, path = "$"): readonly string[] {
  switch (schema.kind) {
    case "bag":
      return isObject(value) ? [] : [`${path} is no object`];
    case "string":
      if (typeof value !== "string") return [`${path} is no string`];
      if (schema.among !== undefined && !schema.among.includes(value)) return [`${path} is '${value}'`];
      return schema.pattern !== undefined && !schema.pattern.test(value) ? [`${path} is '${value}'`] : [];
    case "integer":
      return Number.isInteger(value) && Number(value) >= schema.least ? [] : [`${path} is ${String(value)}`];
    case "list": {
      if (!Array.isArray(value)) return [`${path} is no list`];
      const { least = 0, isUnique = false } = schema;
      const unique = new Set(value.map((item) => JSON.stringify(item)));
      return [
        ...(value.length < least ? [`${path} has ${value.length} items`] : []),
        ...(isUnique && unique.size < value.length ? [`${path} has an item twice`] : []),
        ...value.flatMap((item, at) => violations(schema.of(), item, `${path}[${at}]`)),
      ];
    }
    case "map":
      if (!isObject(value)) return [`${path} is no object`];
      return Object.entries(value).flatMap(([name, item]) => violations(schema.of(), item, `${path}.${name}`));
    case "object": {
      if (!isObject(value)) return [`${path} is no object`];
      const { needs, needsOneOf, has } = schema;
      return [
        ...needs.filter((name) => !(name in value)).map((name) => `${path} has no ${name}`),
        ...(needsOneOf?.some((name) => name in value) === false
          ? [`${path} has none of ${needsOneOf.join(", ")}`]
          : []),
        ...Object.entries(value).flatMap(([name, item]) => {
          const of = has[name];
          return of === undefined ? [`${path} may not have ${name}`] : violations(of(), item, `${path}.${name}`);
        }),
      ];
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
