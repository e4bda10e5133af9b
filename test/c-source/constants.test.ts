import { describe, expect, test } from "vitest";
import { constantOf } from "../../server/c-source/text/constants.ts";
import { kernelNamed } from "../rules/_subject.ts";

const value = (text: string): number | null => constantOf(text, kernelNamed("6.12", {}), { OWN_SIZE: "(16 << 10)" });

describe("a constant of C", () => {
  test.each([
    ["8 * 1024 * 1024", 8 << 20],
    ["SZ_8M", 8 << 20],
    ["PAGE_SIZE << 2", 16384],
    ["sizeof(u32) * 1024", 4096],
    ["1024 * sizeof(unsigned long)", 8192],
    ["sizeof(struct page *) * 512", 4096],
    ["sizeof( __le16 )", 2],
    ["get_order(4096)", 0],
    ["get_order(4097)", 1],
    ["get_order(OWN_SIZE)", 2],
    ["get_order(sizeof(u64) * 1024)", 1],
    ["get_order(16 << 20)", 12],
  ])("%s is known", (text, is) => {
    expect(value(text)).toBe(is);
  });

  test.each([
    "sizeof(struct own)",
    "sizeof(*p)",
    "n * sizeof(u8)",
    "get_order(n)",
    "get_order(0)",
    "get_order(8) + 1",
    "sizeof",
  ])("%s is not", (text) => {
    expect(value(text)).toBeNull();
  });
});
