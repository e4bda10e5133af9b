import { describe, expect, test } from "vitest";
import { EVERY, holdsIn, marks, match, reports } from "./_holds.ts";

describe("mempool-zero", () => {
  test("reports the flag for pools and bios", () => {
    for (const api of ["mempool_alloc", "bio_alloc", "bio_alloc_bioset"])
      expect(holdsIn("mempool-zero", { api, flags: "GFP_NOIO | __GFP_ZERO" })).toBe(EVERY);
  });
  test("is quiet without it", () => {
    expect(reports("mempool-zero", { api: "mempool_alloc", flags: "GFP_NOIO" })).toBe(false);
    expect(reports("mempool-zero", { flags: "GFP_KERNEL | __GFP_ZERO" })).toBe(false);
  });
});

describe("mempool-forced-flags", () => {
  test("reports what the pool adds or overrules", () => {
    for (const flag of ["__GFP_NOWARN", "__GFP_NORETRY", "__GFP_RETRY_MAYFAIL", "__GFP_NOMEMALLOC", "__GFP_MEMALLOC"]) {
      expect(holdsIn("mempool-forced-flags", { api: "mempool_alloc", flags: `GFP_KERNEL | ${flag}` })).toBe(EVERY);
    }
  });
  test("is quiet for the ordinary masks, GFP_NOWAIT with its own NOWARN included", () => {
    for (const flags of ["GFP_KERNEL", "GFP_NOIO", "GFP_NOWAIT", "GFP_ATOMIC"])
      expect(reports("mempool-forced-flags", { api: "mempool_alloc", flags })).toBe(false);
    expect(reports("mempool-forced-flags", { api: "mempool_alloc", flags: "GFP_NOWAIT | __GFP_NOWARN" })).toBe(true);
  });
});

describe("mempool-dead-null-check", () => {
  test("reports a check after a blocking call, and offers to remove it", () => {
    expect(holdsIn("mempool-dead-null-check", { api: "mempool_alloc", flags: "GFP_NOIO", handles: "null" })).toBe(
      EVERY,
    );
    expect(marks("mempool-dead-null-check", { api: "bio_alloc", flags: "GFP_NOFS", handles: "null" })).toEqual({
      kind: "result-check",
    });
    expect(
      match("mempool-dead-null-check", { api: "bio_alloc", flags: "GFP_NOFS", handles: "null" }).fixes,
    ).toMatchObject([{ kind: "remove-result-check" }]);
  });
  test("is quiet for non-blocking calls, and where nothing is said", () => {
    expect(reports("mempool-dead-null-check", { api: "mempool_alloc", flags: "GFP_NOWAIT", handles: "null" })).toBe(
      false,
    );
    expect(reports("mempool-dead-null-check", { api: "mempool_alloc", flags: "GFP_NOIO" })).toBe(false);
    expect(reports("mempool-dead-null-check", { flags: "GFP_KERNEL", handles: "null" })).toBe(false);
  });
});

describe("mempool-unchecked", () => {
  test("reports a non-blocking call whose NULL nobody looks at", () => {
    expect(holdsIn("mempool-unchecked", { api: "mempool_alloc", flags: "GFP_NOWAIT", handles: "nothing" })).toBe(EVERY);
    expect(holdsIn("mempool-unchecked", { api: "bio_alloc", flags: "GFP_ATOMIC", handles: "nothing" })).toBe(EVERY);
  });
  test("is quiet for blocking calls, for handled ones, and where nothing is said", () => {
    expect(reports("mempool-unchecked", { api: "mempool_alloc", flags: "GFP_NOIO", handles: "nothing" })).toBe(false);
    expect(reports("mempool-unchecked", { api: "mempool_alloc", flags: "GFP_NOWAIT", handles: "null" })).toBe(false);
    expect(reports("mempool-unchecked", { api: "mempool_alloc", flags: "GFP_NOWAIT" })).toBe(false);
  });
});
