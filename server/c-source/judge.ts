import { apiNamed } from "../model/apis.ts";
import { isAtomic, type Context } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { kernelOf } from "../model/kernels/kernels.ts";
import { EMPTY } from "../model/masks/mask.ts";
import { verdict } from "../model/verdict.ts";
import { kernelRule } from "../rules/catalogue.ts";
import type { Severity, TextEdit } from "../rules/finding.ts";
import { judge, type SiteFinding } from "../rules/judge.ts";
import type { Anchor, Rule, RuleFix } from "../rules/rule.ts";
import { ALL_RULES } from "../rules/catalogue.ts";
import { ANYWHERE, contextWith, isBinding, RANK, type Confidence, type Fact, type Step } from "./evidence.ts";
import { callText, maskTextOf, type CFinding } from "./c-finding.ts";
import type { Call } from "./call.ts";
import {
  canReach,
  factsAt,
  linkFiles,
  type DeclaredContext,
  type Link,
  type LinkedFunction,
  type NamedFile,
} from "./link.ts";
import { editsOf, placeOf } from "./places.ts";
import { judgeCode } from "./judge-code.ts";
import { callSite, readingsOf, sizesOf, valueIn, type MaskReading } from "./site.ts";

/** What a C file is judged by. */
export interface JudgeOptions {
  readonly kernel: Kernel;
  /** Findings that are less sure are left out. */
  readonly confidence: Confidence;
  readonly declared?: readonly DeclaredContext[];
}

/** Judges C files that belong together: one file, or the files of a module. */
export function judgeC(files: readonly NamedFile[], options: JudgeOptions): readonly CFinding[] {
  const link = linkFiles(options.kernel, files, options.declared ?? []);
  const findings = link.functions.flatMap((fn) => judgeFunction(files, link, fn, options));
  return onceForMacros(files, findings);
}

/** What is wrong with a mask that has a name in the file is said where the name is used first. */
function onceForMacros(files: readonly NamedFile[], findings: readonly CFinding[]): readonly CFinding[] {
  const said = new Set<string>();
  return findings.filter(({ file, rule, proof, maskText }) => {
    if (proof.length > 0 || files[file]?.file.maskMacros.some(({ name }) => name === maskText) !== true) return true;
    const key = `${file} ${rule} ${maskText}`;
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}

function judgeFunction(
  files: readonly NamedFile[],
  link: Link,
  fn: LinkedFunction,
  options: JudgeOptions,
): readonly CFinding[] {
  const named = files[fn.file];
  return [
    ...fn.read.calls.flatMap((call) => (call.allocation === null ? [] : judgeCall(files, link, fn, call, options))),
    ...(named === undefined ? [] : judgeCode(named, fn, options.kernel)),
  ];
}

/** A finding of one call, before it is placed. */
interface Said {
  readonly finding: SiteFinding<Anchor, RuleFix>;
  readonly readings: readonly MaskReading[];
  readonly confidence: Confidence;
  readonly proof: readonly Step[];
}

function judgeCall(
  files: readonly NamedFile[],
  link: Link,
  fn: LinkedFunction,
  call: Call,
  options: JudgeOptions,
): readonly CFinding[] {
  const named = files[fn.file];
  if (named === undefined) return [];
  const { kernel } = options;
  const said = new Map<string, Said>();
  const add = (
    contexts: readonly Context[],
    bindings: Readonly<Record<string, string>>,
    confidence: Confidence,
    proof: readonly Step[],
  ): void => {
    if (call.allocation === null || RANK[confidence] < RANK[options.confidence]) return;
    const readings = readingsOf(named.file, fn.read, call.allocation, bindings);
    if (readings === null || (call.allocation.mask !== null && readings.length === 0)) return;
    const where = contexts.length === 1 ? contexts : allowed(call, readings, contexts, kernel);
    for (const finding of judged(call, named, readings, where, kernel)) {
      if (said.has(finding.rule)) continue;
      said.set(finding.rule, { finding, readings, confidence, proof });
    }
  };
  const facts = factsFor(call, factsAt(fn, call.state, null));
  const slept = call.state.sleptAt >= 0;
  const names = facts.map(({ context }) => context);
  const scopes = names.filter((name) => !isForbidding(kernel, name));
  add(unproven(kernel, scopes, slept), {}, "certain", []);
  if (names.length > scopes.length) {
    const isLoose = facts.every((fact) => fact.isLoose || !isForbidding(kernel, fact.context));
    add([contextWith(kernel, names)], {}, isLoose ? "possible" : "certain", stepsOf(facts, kernel));
  }
  addForRt(call, named, facts, fn, kernel, said);
  for (const way of link.inheritedOf(fn)) {
    if (!canReach(call.state, way)) continue;
    const all = factsFor(call, factsAt(fn, call.state, way));
    const brought = all.filter((fact) => way.facts.includes(fact));
    if (brought.length === 0) continue;
    const own = all.filter((fact) => !way.facts.includes(fact));
    const context = contextWith(
      kernel,
      all.map((fact) => fact.context),
    );
    if (!isBinding(kernel, context)) continue;
    add([context], way.bindings, way.confidence, [...way.path, ...stepsOf(own, kernel)]);
  }
  return [...said.values()].flatMap((one) => placed(fn, call, named, kernel, one) ?? []);
}

const RT_RULES: readonly Rule[] = ["rt-alloc-in-atomic"].flatMap((id) => kernelRule(id) ?? []);

/**
 * A raw spinlock spins on PREEMPT_RT too, and lockdep reports an allocation under one on every kernel
 * (PROVE_RAW_LOCK_NESTING): worth knowing where PREEMPT_RT is off.
 */
function addForRt(
  call: Call,
  named: NamedFile,
  facts: readonly Fact[],
  fn: LinkedFunction,
  kernel: Kernel,
  said: Map<string, Said>,
): void {
  const raw = facts.filter(({ family }) => family === "raw");
  if (raw.length === 0 || kernel.options.PREEMPT_RT || call.allocation === null) return;
  const rt = kernelOf(kernel.name, { ...kernel.options, PREEMPT_RT: true });
  const readings = readingsOf(named.file, fn.read, call.allocation, {});
  if ("unknown" in rt || readings === null || readings.length === 0) return;
  const where = [
    contextWith(
      rt,
      facts.map(({ context }) => context),
    ),
  ];
  for (const finding of judge(
    callSite(call, named.file, readings, () => where),
    rt,
    RT_RULES,
  )) {
    const message = finding.message.replace(/: with PREEMPT_RT /, ": on PREEMPT_RT ");
    const lower = { ...finding, severity: "information", message } as const;
    said.set(finding.rule, { finding: lower, readings, confidence: "certain", proof: raw.map(({ step }) => step) });
  }
}

/** `__xa_store()` and its kin drop the array's own lock for a mask that blocks. lib/xarray.c:__xas_nomem */
function factsFor(call: Call, facts: readonly Fact[]): readonly Fact[] {
  return call.name.startsWith("__xa_") ? facts.filter(({ family }) => family !== "xa") : facts;
}

/** The fact by itself forbids something; a scope and a lock that sleeps do not. */
const isForbidding = (kernel: Kernel, name: string): boolean => isBinding(kernel, contextWith(kernel, [name]));

const stepsOf = (facts: readonly Fact[], kernel: Kernel): readonly Step[] =>
  facts.filter(({ context }) => isForbidding(kernel, context)).map(({ step }) => step);

/** Where a call can stand of which nothing is proven but scopes, or that it may sleep. */
function unproven(kernel: Kernel, scopes: readonly string[], slept: boolean): readonly Context[] {
  const bases = slept ? [contextWith(kernel, [])] : ANYWHERE;
  return scopes.length === 0 ? bases : bases.map((base) => contextWith(kernel, scopes, base));
}

/**
 * Of the places where a call can stand those where it may: who sleeps in an interrupt is wrong already, and what is
 * said of the others is true of all that are left.
 */
function allowed(
  call: Call,
  readings: readonly MaskReading[],
  contexts: readonly Context[],
  kernel: Kernel,
): readonly Context[] {
  const sleeps =
    readings.length === 0
      ? !isSleepless(call, kernel)
      : readings.every((reading) => (valueIn(reading, kernel).mask & kernel.bits.DIRECT_RECLAIM) !== 0);
  return sleeps ? contexts.filter((context) => !isAtomic(kernel, context)) : contexts;
}

/** A call without a mask that does not sleep in a process, and so nowhere. */
function isSleepless(call: Call, kernel: Kernel): boolean {
  const request = {
    api: call.name,
    mask: EMPTY,
    order: null,
    sizeBytes: null,
    pages: null,
    count: null,
    context: contextWith(kernel, []),
    node: null,
    cache: null,
    poolEmpty: false,
  };
  return apiNamed(call.name)?.exists(kernel) !== true || verdict(kernel, request).sleeps === "never";
}

// One answer for calls that ask the same -----------------------------------------------------------------------------

type Answers = Map<string, readonly SiteFinding<Anchor, RuleFix>[]>;
const answers = new WeakMap<Kernel, Answers>();
const MOST_ANSWERS = 20_000;

function judged(
  call: Call,
  named: NamedFile,
  readings: readonly MaskReading[],
  contexts: readonly Context[],
  kernel: Kernel,
): readonly SiteFinding<Anchor, RuleFix>[] {
  const known: Answers = answers.get(kernel) ?? new Map();
  if (known.size === 0 || known.size > MOST_ANSWERS) {
    known.clear();
    answers.set(kernel, known);
  }
  const { allocation } = call;
  const api = allocation?.api ?? null;
  const key = JSON.stringify([
    api,
    readings.map((reading) => {
      const { mask, written, certain } = valueIn(reading, kernel);
      return [mask, written, certain];
    }),
    sizesOf(call, named.file, kernel),
    contexts,
    allocation?.result.is,
  ]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const site = callSite(call, named.file, readings, () => contexts);
  const answer = judge(site, kernel, api === null ? MASK_RULES : ALL_RULES);
  known.set(key, answer);
  return answer;
}

/** The rules that speak of a mask and a place, whatever function is called. */
const MASK_RULES: readonly Rule[] = [
  "sleep-in-atomic",
  "nofs-is-not-atomic",
  "alloc-in-nmi",
  "rt-alloc-in-atomic",
  "atomic-or-kernel",
  "atomic-when-sleepable",
  "atomic-with-nomemalloc",
  "nowait-may-warn",
  "nowait-redundant-nowarn",
  "no-reclaim-bits",
  "fs-reclaim-under-lock",
  "io-reclaim-under-lock",
  "reclaim-in-fence-signalling",
  "nofail-without-reclaim",
  "nofail-with-noretry",
  "nofail-with-retry-mayfail",
  "nofail-in-atomic",
  "noretry-without-reclaim",
  "retry-mayfail-without-reclaim",
  "noretry-with-retry-mayfail",
  "memalloc-with-nomemalloc",
  "zone-dma-dma32",
  "zone-dma-highmem",
  "zone-dma32-highmem",
  "mobility-conflict",
  "removed-flag",
].flatMap((id) => kernelRule(id) ?? []);

const LOWER: Readonly<Record<Severity, Severity>> = {
  error: "warning",
  warning: "information",
  information: "hint",
  hint: "hint",
};

function placed(
  fn: LinkedFunction,
  call: Call,
  named: NamedFile,
  kernel: Kernel,
  { finding, readings, confidence, proof }: Said,
): CFinding | null {
  const place = placeOf(call, readings, kernel, finding.place);
  if (place === null) return null;
  const fixes = finding.fixes.flatMap((fix) => {
    const changes: TextEdit[] = [];
    for (const change of fix.changes) {
      const edits = editsOf(readings, kernel, change);
      if (edits === null || edits.length === 0) return [];
      changes.push(...edits.map((edit) => ({ ...edit, start: edit.start + fn.start, end: edit.end + fn.start })));
    }
    return [{ ...fix, changes }];
  });
  return {
    rule: finding.rule,
    severity: confidence === "possible" ? LOWER[finding.severity] : finding.severity,
    message: finding.message,
    tag: finding.tag,
    file: fn.file,
    path: named.path,
    function: fn.read.name,
    start: fn.start + place.start,
    end: fn.start + place.end,
    call: callText(call),
    maskText: maskTextOf(call),
    confidence,
    proof,
    fixes,
    advice: finding.advice,
  };
}
