import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BUILD_SWITCHES, DEFAULT_OPTIONS, PAGE_SIZES } from "../../server/model/kernels/build-options.ts";
import { CONFIG_OPTIONS } from "../../server/policy-language/analysis/checked-kernels.ts";
import { bytesOfText, sizeText } from "../../server/policy-language/analysis/sizes.ts";
import { buildOptionsOf } from "../../server/service/build-options.ts";
import { OPTIONS } from "../../server/service/descriptions/words.ts";

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

interface Schema {
  readonly properties: Readonly<Record<string, { readonly type: string; readonly enum?: readonly string[] }>>;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: { readonly "allocpolicy.config": Schema } };
  };
}

const manifest: Manifest = JSON.parse(textOf("package.json"));
const schema = manifest.contributes.configuration.properties["allocpolicy.config"].properties;

describe("the build options", () => {
  test("are those of the setting in package.json, each of its type", () => {
    expect(Object.keys(schema).sort()).toEqual([...CONFIG_OPTIONS].sort());
    for (const name of BUILD_SWITCHES) expect(schema[name]?.type, name).toBe("boolean");
  });

  test("take every page size that package.json offers", () => {
    const offered = (schema.page?.enum ?? []).map(bytesOfText);
    expect(offered).not.toEqual([]);
    expect(PAGE_SIZES).toEqual(expect.arrayContaining(offered));
  });

  test("are described and documented", () => {
    const documented = textOf("docs/language.md");
    expect(
      CONFIG_OPTIONS.filter((name) => !Object.hasOwn(OPTIONS, name) || !documented.includes(`\`${name}\``)),
    ).toEqual([]);
  });

  test("come from settings as they are given there", () => {
    const given = fc.record(Object.fromEntries(BUILD_SWITCHES.map((name) => [name, fc.boolean()])));
    fc.assert(
      fc.property(given, fc.constantFrom(...PAGE_SIZES), (switches, page) => {
        expect(buildOptionsOf({ ...switches, page })).toEqual({ ...switches, pageBytes: page });
      }),
      { numRuns: 50 },
    );
    expect(buildOptionsOf({ page: DEFAULT_OPTIONS.pageBytes + 1, PREEMPT: true })).toEqual({});
  });
});

describe("a size in text", () => {
  test("is read back as it was written", () => {
    fc.assert(fc.property(fc.nat(), (bytes) => bytesOfText(sizeText(bytes)) === bytes));
  });

  test.each(["", "4 Kib", "-1", "1.5 KiB", "KiB", "4 constructor"])("is none: `%s`", (text) => {
    expect(bytesOfText(text)).toBe(null);
  });
});
