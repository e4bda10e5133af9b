// The notices of the packages that the bundles carry: each with the licence that it was published with, word for word.
import type { Metafile } from "esbuild";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.ts";

/** A package that is in a bundle. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** As package.json names it: an SPDX expression. */
  readonly license: string;
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[];
}

const PACKAGE_FOLDER = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/;
const NOTICE_FILE = /^(?:licen[cs]e|copying|notice|third-?party-?notices)(?:\.(?:md|txt))?$/i;
const LINE = "-".repeat(80);

/**
 * The packages of which a bundle holds at least one byte, by name and version.
 * @throws when a package has no licence file
 */
export function bundledPackages(metafiles: readonly Metafile[]): readonly Bundled[] {
  const folders = new Set(
    metafiles
      .flatMap(({ outputs }) => Object.values(outputs))
      .flatMap(({ inputs }) => Object.entries(inputs))
      .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [PACKAGE_FOLDER.exec(path)?.[0]] : []))
      .filter((folder) => folder !== undefined),
  );
  const packages = new Map([...folders].map(readPackage).map((one) => [`${one.name} ${one.version}`, one]));
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function readPackage(folder: string): Bundled {
  const { name, version, license }: Omit<Bundled, "texts"> = JSON.parse(
    readFileSync(inRoot(folder, "package.json"), "utf8"),
  );
  const files = readdirSync(inRoot(folder))
    .filter((file) => NOTICE_FILE.test(file))
    .sort();
  if (files.length === 0)
    throw new Error(`${name} ${version} is bundled and has no licence file: its licence cannot be told`);
  return {
    name,
    version,
    license,
    texts: files.map((file) => readFileSync(inRoot(join(folder, file)), "utf8").replace(/^(?:[ \t]*\r?\n)+|\s+$/g, "")),
  };
}

/** The notices as one text. Packages with the same texts stand together. */
export function noticesText(packages: readonly Bundled[]): string {
  const byText = new Map<string, Bundled[]>();
  for (const one of packages) {
    const text = one.texts.join(`\n\n${LINE}\n\n`);
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  return `${[
    "AllocPolicy contains code of these packages, under their own licences.",
    ...[...byText].map(([text, those]) =>
      [LINE, those.map(({ name, version, license }) => `${name} ${version} (${license})`).join("\n"), LINE, text].join(
        "\n",
      ),
    ),
  ].join("\n\n")}\n`;
}
