import { expect, test } from "vitest";
import { kept, letAllGo } from "../../server/model/kept.ts";

test("what is computed from an object is kept until all is let go, and can be kept again", () => {
  const lengths = kept<object, number>();
  const [one, other] = [{}, {}];
  lengths.set(one, 1);
  expect([lengths.get(one), lengths.get(other)]).toEqual([1, undefined]);
  letAllGo();
  expect(lengths.get(one)).toBeUndefined();
  lengths.set(one, 2);
  expect(lengths.get(one)).toBe(2);
});
