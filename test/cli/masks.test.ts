import { describe, expect, test } from "vitest";
import { run } from "./_run.ts";

describe("decode and encode", () => {
  test.each([
    ["0x140dca", "6.12", "GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO"],
    ["0x6040c0", "4.19", "GFP_KERNEL|__GFP_COMP"],
    ["0x2800", "6.12", "GFP_NOWAIT"],
    ["0x2800", "6.6", "GFP_NOWAIT|__GFP_NOWARN"],
    ["0", "6.12", "0"],
  ])("decode %s on %s is %s", async (mask, kernel, names) => {
    expect(await run(["decode", mask, "--kernel", kernel])).toMatchObject({ status: 0, out: `${names}\n` });
  });

  test("bits that the kernel does not define are printed and named as such", async () => {
    const { out } = await run(["decode", "0xa20", "--kernel", "6.12"]);
    expect(out).toBe("GFP_ATOMIC|0x200\n0x200: 6.12 defines no such flag\n");
  });

  test("build options move the bits above 23", async () => {
    expect((await run(["encode", "__GFP_NO_OBJ_EXT", "--kernel", "6.12"])).out).toBe("0x1000000\n");
    expect(
      (await run(["encode", "__GFP_NO_OBJ_EXT", "--kernel", "6.12", "--config", "LOCKDEP=y,KASAN_HW_TAGS=y"])).out,
    ).toBe("0x8000000\n");
  });

  test("--all groups the kernels with the same answer", async () => {
    const { out } = await run(["encode", "GFP_KERNEL", "--all"]);
    expect(out).toMatch(/^4\.19 \.\. \S+ +0x6000c0$/m);
    expect(out).toMatch(/ +0xcc0$/m);
  });

  test.each(["GFP_KERNEL", "GFP_ATOMIC|__GFP_NOWARN", "GFP_HIGHUSER_MOVABLE|__GFP_ZERO"])(
    "what encode says of %s, decode says back",
    async (names) => {
      const { out } = await run(["encode", names, "--kernel", "6.12"]);
      expect((await run(["decode", out.trim(), "--kernel", "6.12"])).out).toBe(`${names}\n`);
    },
  );

  test.each([
    ["a mask of more than 32 bits", ["decode", "0x1ffffffff"], "at most 32 bits"],
    ["no number", ["decode", "GFP_KERNEL"], "is no mask"],
    [
      "a flag that the kernel does not have",
      ["encode", "__GFP_ATOMIC", "--kernel", "6.12"],
      "6.12 has no flag __GFP_ATOMIC",
    ],
    ["an unknown build option", ["decode", "0x1", "--config", "TURBO=y"], "there is no build option 'TURBO'"],
  ])("%s exits 2", async (_what, args, message) => {
    const { status, err } = await run(args);
    expect(status).toBe(2);
    expect(err).toContain(message);
  });
});
