import { allApis } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import {
  COMPOSITE_NAMES,
  EMPTY,
  FLAG_NAMES,
  mask,
  type CompositeName,
  type FlagName,
  type Mask,
} from "../model/masks/mask.ts";
import { compositeText, flagText } from "../model/masks/names.ts";
import { verdict } from "../model/verdict.ts";
import { flagDifference, type FlagDifference } from "../policy-language/diff/flags.ts";
import { VERDICT_FIELDS } from "../policy-language/diff/requests.ts";
import { requestFor } from "../policy-language/policies/request-for.ts";
import { apisByUse } from "./most-used.ts";

/** What callers of the allocators meet otherwise in another kernel. Functions stand in the order of their use. */
export interface KernelChanges {
  readonly from: string;
  readonly to: string;
  readonly flags: readonly FlagDifference[];
  /** Functions that are in one of the kernels alone. */
  readonly onlyFrom: readonly string[];
  readonly onlyTo: readonly string[];
  /** How many functions both have, and with how many masks they were asked, for each of `SIZES_PAGES`. */
  readonly functions: number;
  readonly masks: number;
  readonly answers: readonly ChangedAnswer[];
}

/** A fact that another kernel answers otherwise: `fails`, from `may` to `never`. */
export interface ChangedAnswer {
  readonly what: (typeof VERDICT_FIELDS)[number];
  readonly from: string;
  readonly to: string;
  readonly calls: readonly ChangedCalls[];
}

/** Calls of which the same is answered otherwise: each of these functions, with each of these masks and sizes. */
export interface ChangedCalls {
  readonly functions: readonly string[];
  /** Empty: the functions take none. */
  readonly masks: readonly string[];
  readonly sizesPages: readonly number[];
}

/** A page, and the smallest order that the page allocator gives up on early. */
export const SIZES_PAGES: readonly number[] = [1, 16];

const COMPOSITES: readonly CompositeName[] = [
  ...(["KERNEL", "ATOMIC", "NOWAIT", "NOFS", "NOIO"] as const),
  ...(["KERNEL_ACCOUNT", "HIGHUSER_MOVABLE"] as const),
];
/** Each is joined to each composite, one at a time. */
const FLAGS: readonly FlagName[] = [
  ...(["ZERO", "NOWARN", "NORETRY", "RETRY_MAYFAIL", "NOFAIL", "COMP"] as const),
  ...(["THISNODE", "DMA", "DMA32", "HIGH", "MEMALLOC", "NOMEMALLOC"] as const),
];

/**
 * What changes for callers from one kernel to the other, as far as the model knows: the flags, the functions, and what
 * the functions do with the usual masks in a task that holds nothing. What is not known in one of them does not count.
 * @param apis the functions that are asked
 */
export function kernelChanges(from: Kernel, to: Kernel, apis: readonly Api[] = apisByUse(allApis())): KernelChanges {
  const shared = apis.filter((api) => api.exists(from) && api.exists(to));
  const masks = masksIn(from, to);
  const names = [...COMPOSITE_NAMES.map(compositeText), ...FLAG_NAMES.map(flagText)];
  const onlyIn = (one: Kernel, other: Kernel): readonly string[] =>
    apis.filter((api) => api.exists(one) && !api.exists(other)).map(({ name }) => name);
  return {
    from: from.name,
    to: to.name,
    flags: names.flatMap((name) => flagDifference(name, from, to) ?? []),
    onlyFrom: onlyIn(from, to),
    onlyTo: onlyIn(to, from),
    functions: shared.length,
    masks: masks.length,
    answers: answersOf(shared.flatMap((api) => changesOf(api, from, to, api.takesMask ? masks : [NO_MASK]))),
  };
}

/** A mask as it is written, and what it is in each of the kernels. */
interface WrittenMask {
  readonly text: string;
  readonly from: Mask;
  readonly to: Mask;
}

const NO_MASK: WrittenMask = { text: "", from: EMPTY, to: EMPTY };

/** The usual masks that both kernels have, each once. */
function masksIn(from: Kernel, to: Kernel): readonly WrittenMask[] {
  const written = COMPOSITES.flatMap((composite): readonly WrittenMask[] => {
    const text = compositeText(composite);
    const plain = { text, from: from.gfp[composite], to: to.gfp[composite] };
    const joined = FLAGS.filter((flag) => from.exists[flag] && to.exists[flag]).map((flag) => ({
      text: `${text} | ${flagText(flag)}`,
      from: mask(plain.from | from.bits[flag]),
      to: mask(plain.to | to.bits[flag]),
    }));
    return [plain, ...joined];
  });
  // A flag that the composite has already makes no other mask.
  const first = new Map<string, WrittenMask>();
  for (const one of written) if (!first.has(`${one.from} ${one.to}`)) first.set(`${one.from} ${one.to}`, one);
  return [...first.values()];
}

/** An answer that changes for one function, with these masks for those sizes. */
interface Changed {
  readonly what: (typeof VERDICT_FIELDS)[number];
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly masks: readonly string[];
  readonly sizesPages: readonly number[];
}

function changesOf(api: Api, from: Kernel, to: Kernel, masks: readonly WrittenMask[]): readonly Changed[] {
  const found = new Map<string, Changed>();
  for (const written of masks) {
    const answers = SIZES_PAGES.map((pages) => {
      const [before, after] = [
        verdict(from, requestFor(api, from.options.pageBytes, written.from, pages * from.options.pageBytes)),
        verdict(to, requestFor(api, to.options.pageBytes, written.to, pages * to.options.pageBytes)),
      ];
      return before.unknown === null && after.unknown === null ? { before, after, pages } : null;
    }).filter((answer) => answer !== null);
    for (const what of VERDICT_FIELDS) {
      const changes = answers.filter(({ before, after }) => before[what] !== after[what]);
      for (const alike of alikeIn(changes, ({ before, after }) => `${before[what]} ${after[what]}`)) {
        const [{ before, after }] = alike;
        const [was, is, sizesPages] = [String(before[what]), String(after[what]), alike.map(({ pages }) => pages)];
        const key = [what, was, is, sizesPages].join(" ");
        const known = found.get(key)?.masks ?? [];
        found.set(key, { what, from: was, to: is, name: api.name, masks: [...known, written.text], sizesPages });
      }
    }
  }
  return [...found.values()];
}

/** By fact; those functions together of which it changes with the same masks and sizes, the most first. */
function answersOf(all: readonly Changed[]): readonly ChangedAnswer[] {
  return alikeIn(all, ({ what, from, to }) => [VERDICT_FIELDS.indexOf(what), from, to].join(" "))
    .map((changes): ChangedAnswer => {
      const [{ what, from, to }] = changes;
      const calls = alikeIn(changes, ({ masks, sizesPages }) => [...masks, sizesPages].join("\n")).map(
        (alike): ChangedCalls => {
          const [{ masks, sizesPages }] = alike;
          return {
            functions: alike.map(({ name }) => name),
            masks: masks.filter((text) => text !== NO_MASK.text),
            sizesPages,
          };
        },
      );
      return { what, from, to, calls: calls.sort((one, other) => other.functions.length - one.functions.length) };
    })
    .sort((one, other) => VERDICT_FIELDS.indexOf(one.what) - VERDICT_FIELDS.indexOf(other.what));
}

/** In groups of which the key is the same, in the order in which each begins. */
function alikeIn<Of>(all: readonly Of[], keyOf: (one: Of) => string): [first: Of, ...rest: Of[]][] {
  const groups = new Map<string, [first: Of, ...rest: Of[]]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
