import fc from "fast-check";

export const NAMES = ["a", "b", "c", "d"] as const;
const name = fc.constantFrom(...NAMES);
const flag = fc.constantFrom(
  "GFP_KERNEL",
  "GFP_ATOMIC",
  "__GFP_NOFAIL",
  "__GFP_NORETRY",
  "__GFP_REPEAT",
  "GFP_KERNAL",
  "0xcc0",
  "__GFP_NOWARN",
  "__GFP_DMA",
);
const maskText = fc
  .array(
    fc.oneof(
      flag,
      name,
      name.map((callee) => `${callee}(GFP_KERNEL)`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(" | "));

/** One declaration of few names, so that they meet: right, wrong, or damaged. */
export const declaration = fc.oneof(
  fc.tuple(name, maskText).map(([n, m]) => `flags ${n} = ${m}\n`),
  fc.tuple(name, maskText).map(([n, m]) => `transform ${n}(gfp) = gfp & (${m})\n`),
  fc.tuple(name, fc.constantFrom("softirq", "hardirq", ...NAMES)).map(([n, c]) => `context ${n} { in ${c} }\n`),
  fc
    .tuple(
      name,
      fc.option(name),
      fc.constantFrom("kmalloc", "alloc_contig_range", "kmaloc"),
      maskText,
      fc.constantFrom("process", "softirq", ...NAMES),
      fc.option(name),
      fc.option(name),
    )
    .map(
      ([n, like, api, m, context, fallback, policy]) =>
        `request ${n}${like === null ? "" : ` like ${like}`} {\n  api ${api}\n  size 64 KiB\n  flags ${m}\n  context ${context}\n${fallback === null ? "" : `  fallback ${fallback}\n`}${policy === null ? "" : `  policy ${policy}\n`}}\n`,
    ),
  fc
    .tuple(name, fc.option(name), fc.constantFrom("", " for kmalloc", " for alloc_contig_range"), maskText)
    .map(([n, like, api, m]) => `policy ${n}${like === null ? "" : ` like ${like}`}${api} { forbid has ${m} }\n`),
  fc.tuple(name, fc.constantFrom("sleeps never", "oom may", "mode x")).map(([n, f]) => `expect ${n} { ${f} }\n`),
  fc.constantFrom(
    "request a { api kmalloc flags GFP_KERNEL ! }\n",
    "context b {\n",
    "flags = 1\n",
    "}\n",
    "// a comment\n",
  ),
);

const version = fc.constantFrom(
  "",
  " 6.12",
  " 6.1 .. 6.6",
  " 6.1, 6.6",
  " 6.",
  " 6.99",
  " ..",
  " 6.1 ..",
  " 6.6 .. 6.1",
  " 6.12 6.6",
);
const options = fc.constantFrom(
  "",
  " PREEMPT_RT on",
  " PREEMPT_RT off",
  " PREEMPT_RT",
  " PREEMPT_RT on PREEMPT_RT off",
  " page 16 KiB",
  " page 16",
  " page",
  " page on",
  " NUMA off page 64 KiB",
);

/**
 * `kernel` and `config` headers as they stand in files and as they are half typed; each may be missing or stand twice.
 */
export const headers = fc
  .array(
    fc.oneof(
      version.map((text) => `kernel${text}\n`),
      options.map((text) => `config {${text} }\n`),
    ),
    { maxLength: 3 },
  )
  .map((all) => all.join(""));
