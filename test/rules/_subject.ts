import type { Match, Rule, Subject, Anchor } from "../../server/rules/rule.ts";
import { subjectOf as makeSubject } from "../../server/rules/subject.ts";
import type { WrittenMask } from "../../server/model/masks/mask-scope.ts";
import { apiNamed, maskOfCall } from "../../server/model/apis.ts";
import {
  combine,
  contextOf,
  withLock,
  withScope,
  type Context,
  type ContextName,
  type LockName,
  type ScopeName,
} from "../../server/model/contexts.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels } from "../../server/model/kernels/kernels.ts";
import { EMPTY, mask, type Mask } from "../../server/model/masks/mask.ts";
import { meaningOf } from "../../server/model/masks/names.ts";
import type { AllocationRequest, CacheFacts } from "../../server/model/request.ts";
import { departuresOf, runsOf } from "../_releases.ts";

/**
 * A request for a rule to look at, in few words. Left out: kernel 6.12 with default options, kmalloc of 64 bytes in a
 * process, nothing said about NULL.
 */
export interface Asked {
  readonly kernel?: string;
  readonly options?: Partial<BuildOptions>;
  readonly api?: string;
  /** Names, literals, `|` and a trailing `& ~NAME`; null: none written. */
  readonly flags?: string | null;
  readonly order?: number;
  readonly size?: number;
  readonly pages?: number;
  readonly count?: number;
  readonly context?: readonly ContextName[];
  readonly holds?: readonly LockName[];
  readonly scopes?: readonly ScopeName[];
  readonly node?: number;
  readonly cache?: Partial<CacheFacts>;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly poolEmpty?: boolean;
  readonly handles?: "null" | "nothing";
  readonly fallback?: boolean;
}

export function kernelNamed(name: string, options: Partial<BuildOptions> = {}): Kernel {
  const kernel = kernelOf(name, options);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

interface Evaluated {
  readonly value: Mask;
  readonly written: WrittenMask;
}

/**
 * Evaluates `A | B | 0x10 & ~C`: the names after `& ~` are cleared from the whole. A name that the kernel does not have
 * is worth 0.
 */
function evaluate(kernel: Kernel, text: string): Evaluated {
  const [joined = "", ...removed] = text.split("&").map((part) => part.trim());
  const names: string[] = [];
  let hasLiteral = false;
  let value = EMPTY;
  const bitsOf = (name: string): Mask => {
    const meaning = meaningOf(kernel, name);
    return meaning.kind === "flag" || meaning.kind === "composite" || meaning.kind === "group" ? meaning.mask : EMPTY;
  };
  for (const part of joined.split("|").map((term) => term.trim())) {
    if (/^\d/.test(part)) {
      hasLiteral = true;
      value = mask(value | Number(part));
    } else {
      names.push(part);
      value = mask(value | bitsOf(part));
    }
  }
  const cleared = removed.map((part) => part.replace(/^~\s*/, ""));
  for (const name of cleared) value = mask(value & ~bitsOf(name));
  return { value, written: { names, hasLiteral, cleared } };
}

function contextOfAsked(asked: Asked): Context {
  let context = combine(contextOf(...(asked.context ?? ["process"])));
  for (const lock of asked.holds ?? []) context = withLock(context, lock);
  for (const scope of asked.scopes ?? []) context = withScope(context, scope);
  return context;
}

const NO_CACHE: CacheFacts = { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: null };

/** The request that is asked of a kernel. */
export function requestOf(kernel: Kernel, asked: Asked): AllocationRequest {
  const api = apiNamed(asked.api ?? "kmalloc");
  if (api === null) throw new Error(`no such API: ${asked.api ?? ""}`);
  const sized =
    asked.order !== undefined ||
    asked.size !== undefined ||
    asked.pages !== undefined ||
    asked.count !== undefined ||
    asked.cache !== undefined;
  return {
    api: api.name,
    mask: asked.flags === null ? maskOfCall(kernel, api, null) : evaluate(kernel, asked.flags ?? "0").value,
    order: asked.order ?? (sized || api.size !== "order" ? null : 0),
    sizeBytes: asked.size ?? (sized || api.size !== "bytes" ? null : 64),
    pages: asked.pages ?? null,
    count: asked.count ?? null,
    context: contextOfAsked(asked),
    node: asked.node ?? null,
    cache: asked.cache === undefined ? null : { ...NO_CACHE, ...asked.cache },
    numbers: asked.numbers ?? {},
    poolEmpty: asked.poolEmpty ?? false,
  };
}

/** The subject that a rule is given for a request; null where the kernel does not have the function. */
export function subjectOf(asked: Asked): Subject | null {
  const kernel = kernelNamed(asked.kernel ?? "6.12", asked.options);
  return makeSubject(kernel, {
    request: requestOf(kernel, asked),
    written: asked.flags === null ? null : evaluate(kernel, asked.flags ?? "0").written,
    isMaskKnown: true,
    result: asked.handles === undefined ? null : asked.handles === "null" ? "checked" : "unchecked",
    hasFallback: asked.fallback ?? false,
  });
}

/** The matches of a rule on a request; none where the kernel does not have the function. */
function matches(rule: Rule, asked: Asked): readonly Match[] {
  const subject = subjectOf(asked);
  return subject === null ? [] : rule.check(subject);
}

/** The rule of that name. */
export function ruleNamed(rules: readonly Rule[], id: string): Rule {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new Error(`no such rule: ${id}`);
  return rule;
}

/** The ids of the rules that match a request, each once, by name. */
export function firing(rules: readonly Rule[], asked: Asked): readonly string[] {
  const subject = subjectOf(asked);
  return subject === null ? [] : rules.flatMap((rule) => (rule.check(subject).length > 0 ? [rule.id] : [])).toSorted();
}

/** The matches of one rule. */
export function matchesOf(rules: readonly Rule[], id: string, asked: Asked): readonly Match[] {
  return matches(ruleNamed(rules, id), asked);
}

/** What the matches of one rule mark. */
export function targetsOf(rules: readonly Rule[], id: string, asked: Asked): readonly Anchor[] {
  return matchesOf(rules, id, asked).map(({ anchor }) => anchor);
}

/** The mainline releases in which a rule matches a request, as runs. */
export function releasesWhere(rules: readonly Rule[], id: string, asked: Asked): string {
  const rule = ruleNamed(rules, id);
  return runsOf((kernel) => matches(rule, { ...asked, kernel }).length > 0);
}

/** The trees beside the mainline in which a rule answers otherwise than in the release that they follow. */
export function departuresWhere(rules: readonly Rule[], id: string, asked: Asked): readonly string[] {
  const rule = ruleNamed(rules, id);
  return departuresOf((kernel) => matches(rule, { ...asked, kernel }).length > 0);
}

/** Every kernel of the model in which a rule matches a request. */
export function kernelsWhere(rules: readonly Rule[], id: string, asked: Asked): readonly string[] {
  return knownKernels().filter((kernel) => matches(ruleNamed(rules, id), { ...asked, kernel }).length > 0);
}
