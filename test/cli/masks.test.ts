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

  // Masks as kernels printed them, with the names where they printed those too (4.6 and later).
  test.each([
    ["0xc0d0", "2.6.32-22-generic", "GFP_KERNEL|__GFP_COMP|__GFP_ZERO"],
    ["0x80d0", "3.3.0-rc1", "GFP_KERNEL|__GFP_ZERO"],
    ["0xc0d0", "3.7.10-gentoo", "GFP_KERNEL|__GFP_COMP|__GFP_ZERO"],
    ["0x201da", "3.10.0-514.6.1.el7.x86_64", "GFP_HIGHUSER_MOVABLE|__GFP_COLD"],
    ["0xc0d0", "4.2.3-200.fc22.i686+PAE", "GFP_KERNEL|__GFP_COMP|__GFP_ZERO"],
    ["0x14201ca", "4.10.0-1.fc26.x86_64", "GFP_HIGHUSER_MOVABLE|__GFP_COLD"],
    [
      "0x142134a",
      "4.11.0-rc7",
      "GFP_NOFS|__GFP_HIGHMEM|__GFP_COLD|__GFP_NOWARN|__GFP_NORETRY|__GFP_HARDWALL|__GFP_MOVABLE",
    ],
    ["0x14201ca", "4.12.0-rc3-next-20170602", "GFP_HIGHUSER_MOVABLE|__GFP_COLD"],
    ["0x6200ca", "4.18.0-240.10.1.el8_3.x86_64", "GFP_HIGHUSER_MOVABLE"],
    ["0x6040c0", "4.19.57.mx64.282", "GFP_KERNEL|__GFP_COMP"],
    ["0x404000", "5.0.10-zb64-1bb762d31089+", "GFP_NOWAIT|__GFP_COMP"],
    ["0x100cca", "5.2.0-rc7", "GFP_HIGHUSER_MOVABLE"],
    ["0x46c40", "5.3.0-rc2+", "GFP_NOFS|__GFP_NOWARN|__GFP_RETRY_MAYFAIL|__GFP_COMP"],
    ["0xa20", "5.4.26", "GFP_ATOMIC"],
    ["0x100dca", "5.8.0-rc4-next-20200710", "GFP_HIGHUSER_MOVABLE|__GFP_ZERO"],
    ["0x40cc0", "5.9.0-rc3-020ad03.cki", "GFP_KERNEL|__GFP_COMP"],
    ["0x40c40", "5.9.0-rc2-sunxi", "GFP_NOFS|__GFP_COMP"],
    ["0x40dc0", "5.10.2", "GFP_KERNEL|__GFP_COMP|__GFP_ZERO"],
    ["0x1100cca", "5.13.0-rc5-next-20210611-llvm", "GFP_HIGHUSER_MOVABLE"],
    ["0x1100cca", "5.15.0-69-generic", "GFP_HIGHUSER_MOVABLE"],
    ["0xcc1", "5.16.0-rc3+", "GFP_KERNEL|GFP_DMA"],
    ["0x101c4a", "6.0.0-dirty", "GFP_NOFS|__GFP_HIGHMEM|__GFP_HARDWALL|__GFP_MOVABLE|__GFP_WRITE"],
    ["0xc42", "6.2.0-syzkaller-12017-g1ec35eadc3b4", "GFP_NOFS|__GFP_HIGHMEM"],
    ["0xcc0", "6.6.0-rc2-06327-g52a3bc18f36c", "GFP_KERNEL"],
    ["0x40c00", "6.8.0-rc3-1.gae4495f-default", "GFP_NOIO|__GFP_COMP"],
    ["0xcc0", "6.8.1+nas5xx", "GFP_KERNEL"],
    ["0x820", "6.9.0-rc4-PMacG4-dirty", "GFP_ATOMIC"],
    ["0xc04", "6.11.11-valve10-1-neptune-611-gb69e902b4338", "GFP_NOIO|GFP_DMA32"],
    ["0x10cc0", "6.12.0-rc5-next-20241029-kvm-dirty", "GFP_KERNEL|__GFP_NORETRY"],
    ["0xcc0", "6.12.0-211.el10.ppc64le", "GFP_KERNEL"],
    ["0xcc0", "6.16.0-00015-gf09eb0d6badc", "GFP_KERNEL"],
    ["0x100cca", "6.18.0+", "GFP_HIGHUSER_MOVABLE"],
  ])("decode %s of a log of %s is %s", async (mask, kernel, names) => {
    expect(await run(["decode", mask, "--kernel", kernel])).toMatchObject({ status: 0, out: `${names}\n` });
  });

  // Whether it holds is for nobody to say here: no case is picked.
  test.each([
    ["can_sleep ? GFP_KERNEL : GFP_ATOMIC", "can_sleep"],
    ["!(own & __GFP_FS) ? GFP_KERNEL : GFP_ATOMIC", "own"],
    ["GFP_KERNEL | (own == 3 ? __GFP_ZERO : 0)", "own"],
    ["gfpflags_allow_blocking(GFP_KERNEL) ? GFP_KERNEL : GFP_ATOMIC", "gfpflags_allow_blocking(…)"],
    ["in_atomic() ? GFP_ATOMIC : GFP_KERNEL", "in_atomic()"],
    ["GFP_KERNEL | (in_interrupt() ? __GFP_HIGH : 0)", "in_interrupt()"],
  ])("the mask %s hangs on %s", async (mask, name) => {
    const why = new RegExp(`what ${name.replace(/[()]/g, "\\$&")} \\S.* is not known: write the mask of one case`);
    for (const args of [
      ["encode", mask, "--kernel", "6.12"],
      ["explain", `kmalloc(64, ${mask})`],
    ]) {
      const { status, out, err } = await run(args);
      expect([status, out, err]).toEqual([2, "", expect.stringMatching(why)]);
    }
  });

  test.each([
    ["0x100cc0", "GFP_USER"],
    ["0x10dc2", "GFP_KERNEL|__GFP_HIGHMEM|__GFP_NORETRY|__GFP_ZERO"],
    ["0x40a20", "GFP_ATOMIC|__GFP_COMP"],
    ["0x4cc0", "GFP_KERNEL|__GFP_RETRY_MAYFAIL"],
    ["0xc2cc0", "GFP_KERNEL|__GFP_NOWARN|__GFP_COMP|__GFP_NOMEMALLOC"],
    ["0xdc0", "GFP_KERNEL|__GFP_ZERO"],
  ])("decode %s of nobody knows what kernel has %s among its readings", async (mask, names) => {
    const { out } = await run(["decode", mask]);
    const readings = out.split("\n").map((line) =>
      line
        .replace(/^.* {2}/, "")
        .split("|")
        .sort()
        .join("|"),
    );
    expect(readings).toContain(names.split("|").sort().join("|"));
  });

  test("decode without a kernel says where the bits read differently, and nothing where they do not", async () => {
    expect((await run(["decode", "0xd0"])).out).toMatch(/^2\.6\.32 \.\. 4\.3 +GFP_KERNEL$/m);
    expect((await run(["decode", "0x1"])).out).toBe("GFP_DMA\n");
  });

  test("of a kernel older than the model it is said that only the flags are known", async () => {
    const { err } = await run(["decode", "0x201da", "--kernel", "3.10.0-1160.el7.x86_64"]);
    expect(err).toContain("Red Hat keeps 3.10");
    expect(err).toContain("3.10 is older than the model");
    for (const kernel of ["4.4", "4.4.302", "2.6.32"]) {
      const explained = await run(["explain", "--api", "kmalloc", "--flags", "GFP_KERNEL", "--kernel", kernel]);
      expect(explained).toMatchObject({ status: 2 });
      expect(explained.err).toContain(`The model begins at 4.19: of ${kernel} it knows the flags alone`);
    }
  });

  test("encode knows the names that a kernel had", async () => {
    expect((await run(["encode", "GFP_KERNEL|__GFP_WAIT", "--kernel", "3.10"])).out).toBe("0xd0\n");
    expect((await run(["encode", "__GFP_WAIT", "--kernel", "4.9"])).err).toContain("4.9 has no flag __GFP_WAIT");
    expect((await run(["encode", "GFP_TEMPORARY", "--all"])).out).toMatch(
      /^4\.14 \.\. 4\.18 +- \(has no GFP_TEMPORARY\)$/m,
    );
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

  test.each(["decode", "encode"])("%s --all keeps its columns from the first kernel to the last", async (name) => {
    const { out } = await run([name, name === "decode" ? "0x140dca" : "GFP_ATOMIC|__GFP_COMP", "--all"]);
    const rows = out.split("\n").filter((line) => /^\d/.test(line));
    expect(rows.length).toBeGreaterThan(3);
    expect(new Set(rows.map((line) => / {2}(?=[_G0])/.exec(line)?.index)).size).toBe(1);
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
    ["no number", ["decode", "GFP_KERNEL"], "is no number"],
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
