// The corpus again, and a fixed number of new inputs from it with a fixed seed. `npm run bench fuzz` looks further, led
// by what of the program each input reaches.
import { describe, expect, test } from "vitest";
import { corpusOf } from "./_corpus.ts";
import { mutated } from "./_mutate.ts";
import { Random } from "./_random.ts";
import { TARGETS } from "./_targets.ts";
import { EditedWorkspace } from "./_edited-workspace.ts";

const SEED = 20261128;
const NEW_INPUTS: Readonly<Record<string, number>> = {
  policy: 600,
  model: 2000,
  server: 300,
  "kernel-c": 200,
  "kernel-log": 200,
  "command-line": 100,
  beside: 60,
};

describe.each(TARGETS)("$name", ({ name, words, begin }) => {
  const corpus = corpusOf(name);

  test("holds for every input that is kept", async () => {
    expect(corpus.length).toBeGreaterThan(20);
    const take = begin();
    for (const input of corpus) await take(input);
  });

  test("holds for inputs made from them", async () => {
    const random = new Random(SEED);
    const take = begin();
    for (let count = NEW_INPUTS[name] ?? 0; count > 0; count -= 1) {
      const input = mutated(random.of(corpus) ?? "", corpus, words, random);
      await take(input).catch((error: unknown) => {
        throw new Error(`at ${JSON.stringify(input)}`, { cause: error });
      });
    }
  });
});

test("what is said after random edits is what a fresh start says", () => {
  const edited = new EditedWorkspace(SEED);
  for (let edit = 1; edit <= 400; edit += 1) expect(edited.edit(edit % 10 === 0)).toBeNull();
});
