import { expect, test } from "vitest";
import { kept } from "../../server/model/kept.ts";

test("what is computed from an object is kept with it, apart for each kind, and the last counts", () => {
  const [lengths, names] = [kept<object, number>(), kept<object, string>()];
  const [one, frozen] = [{ a: 1 }, Object.freeze({ a: 1 })];
  for (const key of [one, frozen]) {
    lengths.set(key, 1);
    names.set(key, "x");
    lengths.set(key, 2);
    expect([lengths.get(key), names.get(key)]).toEqual([2, "x"]);
  }
  expect([lengths.get({ a: 1 }), lengths.get([])]).toEqual([undefined, undefined]);
});

test("nobody else sees it: a copy of the object is another one", () => {
  const lengths = kept<object, number>();
  const key = { a: 1 };
  lengths.set(key, 1);
  expect(lengths.get({ ...key })).toBeUndefined();
  expect(lengths.get(structuredClone(key))).toBeUndefined();
  expect([Reflect.ownKeys(key), JSON.stringify(key)]).toEqual([["a"], '{"a":1}']);
  expect(key).toEqual({ a: 1 });
});
