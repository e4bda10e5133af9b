// Nothing is exported that no other file takes, nothing is there for its tests alone, and no feature of kernels without
// use.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BUNDLES } from "../scripts/build.ts";
import { inRoot } from "../scripts/paths.ts";
import { kernelOf, newestRelease } from "../server/model/kernels/kernels.ts";
import { exportsOf, handedOnBy, importsOf, PROGRAM_FOLDERS, sourceFiles, type Export } from "./_sources.ts";

/** Whoever starts these finds their exports by name: VS Code, a web worker, the program's own door. */
const ENTRIES: ReadonlySet<string> = new Set(BUNDLES.map(({ entryPoints: [entry] }) => entry));
const PROGRAM = PROGRAM_FOLDERS.flatMap(sourceFiles);
/** The program itself, and what runs as a script: the harness of the recordings is one. */
const TAKERS = [...PROGRAM, ...reachedFrom(sourceFiles("scripts"))];

function reachedFrom(files: readonly string[]): readonly string[] {
  const reached = new Set(files);
  for (const file of reached)
    for (const { target } of importsOf(file)) if (/^(test|conformance)\//.test(target)) reached.add(target);
  return [...reached];
}

const takenBy = (files: readonly string[]): ReadonlySet<string> =>
  new Set(files.flatMap(importsOf).map(({ target, name }) => `${target} ${name}`));

/** The file itself names it more than once: it uses what it declares. */
const isUsedAtHome = ({ file, name }: Export): boolean =>
  [...readFileSync(inRoot(file), "utf8").matchAll(new RegExp(`\\b${name}\\b`, "g"))].length > 1;

/** What the program has for its tests, and why. */
const FOR_TESTS: Readonly<Record<string, string>> = {
  "server/model/decisions/table.ts: kernelDeciding":
    "a kernel with one decision changed: whether all who read it follow",
  "server/policy-language/symbolic/space.ts: contains":
    "what a set of requests means: every operation is laid beside it",
};

describe("the exports of the program", () => {
  const taken = takenBy(TAKERS);
  const tested = takenBy(sourceFiles("test"));
  const alone = PROGRAM.filter((file) => !ENTRIES.has(file))
    .flatMap(exportsOf)
    .filter(({ file, name }) => !taken.has(`${file} ${name}`) && !taken.has(`${file} *`));
  const told = (found: readonly Export[]): readonly string[] => found.map(({ file, name }) => `${file}: ${name}`);

  test("are of use to the program, not to tests alone", () => {
    expect(told(alone.filter((one) => !isUsedAtHome(one))).toSorted()).toEqual(Object.keys(FOR_TESTS));
  });

  test("are constants, functions and classes only where another file takes them, be it a test", () => {
    const needless = alone.filter(({ file, name, isType }) => !isType && !tested.has(`${file} ${name}`));
    expect(told(needless)).toEqual([]);
  });
});

describe("what a file hands on of another", () => {
  test("is taken from it by somebody", () => {
    const taken = takenBy([...TAKERS, ...sourceFiles("test")]);
    const whole = takenBy(PROGRAM);
    const handed = PROGRAM.filter((file) => !ENTRIES.has(file) && !whole.has(`${file} *`)).flatMap((file) =>
      handedOnBy(file).map((name) => `${file} ${name}`),
    );
    expect(handed.length).toBeGreaterThan(30);
    expect(handed.filter((one) => !taken.has(one))).toEqual([]);
  });
});

describe("the features of kernels", () => {
  test("are read by the model or a rule, each of them", () => {
    const kernel = kernelOf(newestRelease());
    if ("unknown" in kernel) throw new Error(kernel.unknown);
    const readers = PROGRAM.filter((file) => !/kernels\/(?:features|oldest|releases\/.*)\.ts$/.test(file))
      .map((file) => readFileSync(inRoot(file), "utf8"))
      .join("\n");
    const unread = Object.keys(kernel.features).filter((feature) => !new RegExp(`\\b${feature}\\b`).test(readers));
    expect(unread).toEqual([]);
  });
});
