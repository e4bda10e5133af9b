// What is said at error or warning of drivers, fs, net, sound and mm of Debian's 6.12.117, each file by itself and read
// one by one in the source: `npm run bench c-source -- FOLDER…` says what it finds that is not among these.
import { describe, expect, test } from "vitest";
import { catalogue } from "../../server/policy-language/catalogue.ts";
import { REVIEWED } from "../bench/_reviewed.ts";

const count = (is: (one: (typeof REVIEWED)[number]) => boolean): number =>
  REVIEWED.filter(is).reduce((all, { findings }) => all + findings, 0);

describe("the findings in a whole tree that were read", () => {
  test("are few enough to be read, and each stands once", () => {
    expect(count(() => true)).toBeLessThanOrEqual(80);
    const keys = REVIEWED.map((one) => `${one.path} ${one.function} ${one.rule}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("are of rules that there are", () => {
    const ids = new Set(catalogue().map(({ id }) => id));
    expect(REVIEWED.filter(({ rule }) => !ids.has(rule))).toEqual([]);
  });

  test("are true, four of five at least, and of those that are called certain every one", () => {
    expect(count(({ isTrue }) => isTrue) / count(() => true)).toBeGreaterThanOrEqual(0.8);
    expect(REVIEWED.filter(({ isTrue, confidence }) => !isTrue && confidence === "certain")).toEqual([]);
  });

  test("say why, where they are false", () => {
    for (const { isTrue, why, path } of REVIEWED) expect(why === undefined, path).toBe(isTrue);
  });
});
