import { hex } from "../../model/masks/mask.ts";
import { bareMask, datedFindings, type BareFinding } from "../../rules/bare-request.ts";
import { maskOfCall, needsMask } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { combine, CONTEXT_NAMES, isScopeName, SCOPE, withScope, type Context } from "../../model/contexts.ts";
import { KERNEL_CONTEXTS, namedContext } from "../../model/kernel-contexts.ts";
import { explain as explainRequest } from "../../model/explain.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { maskText } from "../../model/masks/names.ts";
import { sentenceOf } from "../../model/sentence.ts";
import type { AllocationRequest, CacheFacts, Reason, Verdict } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";
import { FOUND, OK, UsageError, type Command } from "../command.ts";
import { writtenCall } from "../kernel-c/call.ts";
import { bytesFrom, kernelFrom } from "../kernels.ts";
import { apiFrom } from "../api-from.ts";
import { meantText, noMaskText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";
import { jsonText } from "../../service/visible.ts";
import { verdictFields } from "../verdict/answer-fields.ts";

const OPTIONS = {
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel, such as v6.6, 6.1.192 or what uname -r says; without it the newest",
  },
  config: {
    type: "string",
    multiple: true,
    default: [],
    takes: "K=V,…",
    means: "build options of the kernel: PREEMPT_RT=y, page=16384",
  },
  api: { type: "string", takes: "A", words: "apis", means: "the function that is called: kmalloc, alloc_pages, …" },
  flags: { type: "string", takes: "MASK", words: "flags", means: "the mask as C writes it, or its number" },
  order: { type: "string", takes: "N", means: "the size as an order of pages" },
  size: { type: "string", takes: "S", means: "the size in bytes, or with a unit: 4KiB" },
  pages: { type: "string", takes: "N", means: "the size in pages, for functions that count them" },
  count: { type: "string", takes: "N", means: "how many objects or pages a bulk call asks for" },
  node: { type: "string", takes: "N|any", means: "the NUMA node that is asked for" },
  cache: {
    type: "string",
    takes: "FACTS",
    means: "what the slab cache is: ctor, dma, account, reclaimable, size=BYTES",
  },
  scope: {
    type: "string",
    multiple: true,
    default: [],
    takes: "S,…",
    words: Object.keys(SCOPE),
    means: "the scopes that the call is made in, as by memalloc_nofs_save()",
  },
  handles: { type: "string", takes: "R", words: ["null", "nothing"], means: "whether the caller looks at the result" },
  with: {
    type: "string",
    multiple: true,
    default: [],
    takes: "NAME=N",
    means: "what the function takes besides: align=64",
  },
  context: {
    type: "string",
    default: "process",
    takes: "C,…",
    words: "contexts",
    means: "where the call is made from",
  },
  json: { type: "boolean", default: false, means: "answer in JSON" },
} as const satisfies Options;

export const explain: Command = {
  name: "explain",
  operands: "[CALL]",
  options: OPTIONS,
  fails: "a finding is an error",
  examples: [
    {
      line: "allocpolicy explain 'kmalloc(4096, GFP_NOFS)' --kernel v6.6 --context softirq",
      does: "a call as it stands in C",
    },
    {
      line: "allocpolicy explain --api kmalloc --size 4KiB --flags GFP_NOFS",
      does: "what the newest kernel does with it, and why",
    },
    {
      line: "allocpolicy explain --kernel v6.6 --api alloc_pages --order 3 --flags 'GFP_KERNEL & ~__GFP_RECLAIM' --context softirq",
      does: "a mask as C writes it, in a kernel and a context",
    },
    {
      line: "allocpolicy explain --api alloc_contig_range --pages 512 --flags 'GFP_KERNEL | __GFP_NOWARN' --scope nofs",
      does: "a range of pages, inside of memalloc_nofs_save()",
    },
  ],
  summary:
    "one request without a file, by options or as a call in C: what the kernel does, why, and what is wrong with it",
  run: async (args, io) => {
    const { values: options, positionals } = parsed(OPTIONS, args);
    const kernel = kernelFrom(options.kernel, options.config, (said) => io.warn(`${options.kernel}: ${said}\n`));
    const call = positionals.length === 0 ? {} : writtenCall(positionals.join(" "), kernel, options.api);
    for (const [name, value] of Object.entries(call))
      if (Object.entries(options).some(([option, given]) => option === name && given !== undefined))
        throw new UsageError(`the call says ${name} ${value}: leave --${name} out`);
    const values = { ...options, ...call };
    if (values.api === undefined) throw new UsageError("say which function allocates: --api kmalloc");
    const api = apiFrom(values.api);
    if (values.flags === undefined && needsMask(api))
      throw new UsageError(`${api.name} takes a mask: say --flags GFP_KERNEL`);
    const given = bareMask(kernel, values.flags ?? "0");
    if ("wrong" in given) throw new UsageError(noMaskText(kernel, given));
    const request: AllocationRequest = {
      api: api.name,
      mask: maskOfCall(kernel, api, values.flags === undefined ? null : given.mask),
      ...sizeFrom(api, kernel, values),
      count: values.count === undefined ? null : wholeNumber("--count", values.count),
      context: contextFrom(kernel, values.context, values.scope),
      node: nodeFrom(values.node),
      cache: cacheFrom(values.cache),
      numbers: numbersFrom(api, values.with),
      poolEmpty: false,
    };
    const answer = verdict(kernel, request);
    const reasons = explainRequest(kernel, request);
    const findings = datedFindings(
      kernel,
      request,
      values.flags === undefined ? null : given,
      resultFrom(values.handles),
    );
    const place = [values.context, ...values.scope.map((scope) => `${scope} scope`)].join(", ");
    const masked = api.takesMask ? ` with ${maskText(kernel, request.mask)}` : "";
    const title = `${api.name}${masked}${sizeText(request)}, from ${place}, on Linux ${kernel.name}`;
    const sentence = sentenceOf(kernel, request, answer);
    await io.write(
      values.json
        ? `${jsonText({ kernel: kernel.name, api: api.name, sentence, ...verdictFields(kernel, answer), reasons, findings }, 2)}\n`
        : report(sentence, title, api, kernel, answer, reasons, findings),
    );
    return findings.some(({ severity }) => severity === "error") ? FOUND : OK;
  },
};

const listOf = (names: readonly string[]): string => [...new Set(names)].sort().join(", ");

const words = (text: string): readonly string[] => text.split(/[,+\s]+/).filter((part) => part !== "");

function contextFrom(kernel: Kernel, names: string, scopes: readonly string[]): Context {
  const known = words(names).map((name) => {
    const context = namedContext(name, kernel.options.PREEMPT_RT);
    if (context !== null) return context;
    const names = [...KERNEL_CONTEXTS.keys(), ...CONTEXT_NAMES];
    throw new UsageError(`there is no context '${name}'${meantText(name, names) || `: there are ${listOf(names)}`}`);
  });
  return scopes.flatMap(words).reduce(
    (context, scope) => {
      if (isScopeName(scope)) return withScope(context, scope);
      const names = Object.keys(SCOPE);
      throw new UsageError(`there is no scope '${scope}'${meantText(scope, names) || `: use ${names.join(", ")}`}`);
    },
    combine(...known),
  );
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new UsageError(`${option} takes a whole number from 0 on, not '${text}'`);
  return value;
}

const nodeFrom = (text: string | undefined): number | null =>
  text === undefined || text === "any" ? null : wholeNumber("--node", text);

const CACHE_FACTS: readonly string[] = ["ctor", "dma", "account", "reclaimable"];

/** `ctor,account,size=256`: what a request's `cache { … }` says. */
function cacheFrom(text: string | undefined): CacheFacts | null {
  if (text === undefined) return null;
  const said = words(text);
  const sizes = said.flatMap((word) => /^size=(.+)$/.exec(word)?.[1] ?? []);
  const wrong = said.find((word) => !word.startsWith("size=") && !CACHE_FACTS.includes(word));
  if (wrong !== undefined)
    throw new UsageError(`--cache takes ctor, dma, account, reclaimable and size=BYTES, not '${wrong}'`);
  return {
    ctor: said.includes("ctor"),
    dma: said.includes("dma"),
    account: said.includes("account"),
    reclaimable: said.includes("reclaimable"),
    sizeBytes: sizes[0] === undefined ? null : bytesFrom(sizes[0]),
  };
}

/** What the caller does with the result, as the property `handles` says it. */
function resultFrom(text: string | undefined): "checked" | "unchecked" | null {
  if (text === undefined) return null;
  if (text === "null") return "checked";
  if (text === "nothing") return "unchecked";
  throw new UsageError(`--handles takes null or nothing, not '${text}'`);
}

/** `align=64`: what the API takes besides, by the names of the properties. */
function numbersFrom({ name: api, numbers = [] }: Api, given: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name = "", value = ""] = /^(\w+)=(\d+)$/.exec(text) ?? [];
      if (value === "") throw new UsageError(`--with takes a name and a number, such as align=64, not '${text}'`);
      if (!numbers.includes(name))
        throw new UsageError(
          `${api} takes no '${name}'${numbers.length === 0 ? "" : `: there is ${numbers.join(", ")}`}`,
        );
      return [name, Number(value)];
    }),
  );
}

type Sizes = Pick<AllocationRequest, "order" | "sizeBytes" | "pages">;

/** The size in the unit that the API takes, from whichever of the three was given. */
function sizeFrom(
  api: Api,
  kernel: Kernel,
  { order, size, pages: count }: Readonly<Partial<Record<"order" | "size" | "pages", string>>>,
): Sizes {
  if ([order, size, count].filter((one) => one !== undefined).length > 1)
    throw new UsageError("give one of --order, --size and --pages");
  const page = kernel.options.pageBytes;
  const bytes =
    size !== undefined
      ? bytesFrom(size)
      : order !== undefined
        ? page * 2 ** orderFrom(order)
        : count !== undefined
          ? page * wholeNumber("--pages", count)
          : null;
  if (bytes === null) {
    if (api.size === "none" || api.takesCache === true) return { order: null, sizeBytes: null, pages: null };
    if (api.size === "order" || api.size === "count")
      return { order: api.size === "order" ? 0 : null, sizeBytes: null, pages: null };
    throw new UsageError(`${api.name} takes a size: say --size 4KiB or --order 0`);
  }
  const pages = Math.ceil(bytes / page);
  switch (api.size) {
    case "order":
      return { order: Math.max(0, Math.ceil(Math.log2(pages))), sizeBytes: null, pages: null };
    case "pages":
      return { order: null, sizeBytes: null, pages };
    default:
      return { order: null, sizeBytes: bytes, pages: null };
  }
}

function orderFrom(text: string): number {
  const order = Number(text);
  if (!Number.isInteger(order) || order < 0 || order > 52)
    throw new UsageError(`'${text}' is no order: give a whole number from 0 on`);
  return order;
}

function sizeText(request: AllocationRequest): string {
  const counted = request.count === null ? "" : `, ${request.count} of them`;
  const node = request.node === null ? "" : `, node ${request.node}`;
  return `${sizesText(request)}${counted}${node}`;
}

function sizesText({ order, sizeBytes, pages }: Sizes): string {
  if (order !== null) return `, order ${order}`;
  if (pages !== null) return `, ${pages} pages`;
  return sizeBytes === null ? "" : `, ${sizeBytes} bytes`;
}

const MIGRATETYPES = ["unmovable", "movable", "reclaimable", "invalid (both mobility flags)"] as const;

function report(
  sentence: string,
  title: string,
  api: Api,
  kernel: Kernel,
  answer: Verdict,
  reasons: readonly Reason[],
  findings: readonly BareFinding[],
): string {
  const mobility = MIGRATETYPES[answer.migratetype] ?? String(answer.migratetype);
  const facts: readonly (readonly [string, string])[] = [
    ...(api.takesMask ? ([["mask", hex(answer.mask)]] as const) : []),
    [
      "effective",
      answer.effective === answer.mask ? "the same" : `${hex(answer.effective)}  ${maskText(kernel, answer.effective)}`,
    ],
    ["zone", `${answer.zone}${answer.zoneValid ? "" : " (the combination of zone flags is invalid)"}, ${mobility}`],
    ...(answer.unknown === null
      ? ([
          ["sleeps", answer.sleeps],
          ["reclaim", `${answer.reclaim}, compaction ${answer.compaction}`],
          ["kswapd", answer.kswapd],
          ["OOM killer", answer.oom],
          ["reserves", answer.reserves],
          ["fails", answer.fails],
          ["warns", answer.warns],
          ["loops", answer.loops],
          ["dies", answer.dies],
        ] as const)
      : ([["unknown", answer.unknown]] as const)),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`,
    "",
    title,
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    "why",
    // One and the same may be the reason for two answers.
    ...new Set(reasons.map(({ text, evidence }) => `  ${text}\n      ${evidence}`)),
    ...(findings.length === 0
      ? withoutFindings(answer)
      : [
          "",
          "findings",
          ...findings.map(
            ({ rule, severity, message, fix }) =>
              `  ${severity}: ${message} [${rule}]${fix === "" ? "" : `\n      ${fix}`}`,
          ),
        ]),
    "",
  ].join("\n");
}

/**
 * What is said where no rule speaks: that all is well only where the model knows the request and sees no sure failure
 * in it.
 */
function withoutFindings({ unknown, fails, warns, loops, dies }: Verdict): readonly string[] {
  if (unknown !== null) return ["", "whether something is wrong with it the model does not know"];
  return [fails, warns, loops, dies].includes("always") ? [] : ["", "nothing is wrong with it"];
}
