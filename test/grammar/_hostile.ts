const DEEP = 100_000;

/** A text made to break a parser. */
export interface HostileText {
  readonly what: string;
  readonly text: string;
  /** How many problems it has; null: some. */
  readonly problems: number | null;
}

/** Hostile texts: deep ones of 100,000 levels, long ones of so many characters. */
export function hostileTexts(length: number): readonly HostileText[] {
  const lines = (line: string): string => line.repeat(Math.ceil(length / line.length));
  const texts: readonly (readonly [string, string, number | null])[] = [
    ["100,000 nested parentheses", `flags A = ${"(".repeat(DEEP)}X${")".repeat(DEEP)}\n`, 1],
    ["100,000 open parentheses in a request", `request r {\n  flags ${"(".repeat(DEEP)}\n}\nflags B = C\n`, 1],
    ["100,000 `~`", `flags A = ${"~".repeat(DEEP)}X\n`, 1],
    ["100,000 nested calls", `flags A = ${"f(".repeat(DEEP)}X${")".repeat(DEEP)}\n`, 1],
    ["100,000 nested conditions", `policy p {\n  forbid ${"(".repeat(DEEP)}has X${")".repeat(DEEP)}\n}\n`, 1],
    ["100,000 open braces", "{".repeat(DEEP), 1],
    ["many beginnings of a request", lines("request a {"), Math.ceil(length / "request a {".length)],
    ["many flags that nothing joins", `flags A = (${lines("u32 ")}`, 1],
    ["requests", lines("request r {\n  api kmalloc\n  size 4 KiB\n  flags GFP_KERNEL | __GFP_ZERO\n}\n"), 0],
    ["requests on one line", lines("request r { api kmalloc size 4 KiB flags GFP_KERNEL | __GFP_ZERO } "), 0],
    ["damaged requests", lines("request r {\n  api\n  flags GFP_KERNEL || x\n  size 4 KB\n}\n"), null],
    ["a long mask", `flags A = ${lines("X | ")}Y\n`, 0],
    ["quotes", '"'.repeat(length), 1],
    ["comments that nothing ends", lines("/*\n"), 1],
    ["NUL", "\u0000".repeat(length), 1],
    ["a long name", "a".repeat(length), 1],
    ["lone surrogates", lines("\ud800 "), 1],
  ];
  return texts.map(([what, text, problems]) => ({ what, text, problems }));
}
