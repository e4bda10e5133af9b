import { apiNamed } from "../model/apis.ts";
import { isAtomic, type Context } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { kernelOf } from "../model/kernels/kernels.ts";
import { verdict } from "../model/verdict.ts";
import { kernelRule } from "../rules/catalogue.ts";
import type { Severity, TextEdit } from "../rules/finding.ts";
import { judge, type SiteFinding } from "../rules/judge.ts";
import type { Anchor, Rule, RuleFix } from "../rules/rule.ts";
import { ALL_RULES } from "../rules/catalogue.ts";
import {
  ANYWHERE,
  contextWith,
  isBinding,
  RANK,
  stronger,
  weaker,
  type Confidence,
  type Fact,
  type Inherited,
  type Step,
} from "./evidence.ts";
import type { FunctionRead } from "./function-read.ts";
import { callText, maskTextOf, type CFinding } from "./c-finding.ts";
import type { CFile } from "./c-file.ts";
import { apiOf, type Call } from "./call.ts";
import { allocatesInside, doesNoIo, INSIDE_AS } from "./inside.ts";
import {
  canReach,
  conditionsOf,
  factsAt,
  linkFiles,
  type DeclaredContext,
  type Link,
  type LinkedFunction,
  type NamedFile,
} from "./link.ts";
import { editsOf, placeOf } from "./places.ts";
import { judgeCode, judgeFrees } from "./judge-code.ts";
import type { Held } from "./state.ts";
import { ALLOCATE_INSIDE } from "./tables/inside.ts";
import { callSite, readingsOf, sizesOf, valueIn, withoutMask, type MaskReading } from "./site.ts";

/** What a C file is judged by. */
export interface JudgeOptions {
  readonly kernel: Kernel;
  /** Findings that are less sure are left out. */
  readonly confidence: Confidence;
  readonly declared?: readonly DeclaredContext[];
}

/**
 * Judges C files that belong together: one file, or the files of a module.
 * @param linked how their functions are reached, of who knows it: what `linkFiles` says of the same files and options
 */
export function judgeC(
  files: readonly NamedFile[],
  options: JudgeOptions,
  linked: () => Link = () => linkFiles(options.kernel, files, options.declared ?? []),
): readonly CFinding[] {
  const isQuiet = files.every(({ file }) =>
    file.functions.every(
      ({ read }) =>
        read.observed.length === 0 &&
        read.calls.every(({ allocation, name }) => allocation === null && !ALLOCATE_INSIDE.has(name)),
    ),
  );
  if (isQuiet) return [];
  const link = linked();
  const findings = link.functions.flatMap((fn) => judgeFunction(files, link, fn, options));
  for (const finding of options.confidence === "certain" ? [] : judgeFrees(files, link.functions, options.kernel))
    if (RANK[finding.confidence] >= RANK[options.confidence]) findings.push(finding);
  return onceForMacros(files, findings);
}

/** What is wrong with a mask that has a name in the file is said where the name is used first. */
function onceForMacros(files: readonly NamedFile[], findings: readonly CFinding[]): readonly CFinding[] {
  const said = new Set<string>();
  return findings.filter(({ file, rule, isAnywhere, maskText }) => {
    if (!isAnywhere || files[file]?.file.maskMacros.some(({ name }) => name === maskText) !== true) return true;
    const key = `${file} ${rule} ${maskText}`;
    if (said.has(key)) return false;
    said.add(key);
    return true;
  });
}

const NOTHING: readonly CFinding[] = [];

function judgeFunction(
  files: readonly NamedFile[],
  link: Link,
  fn: LinkedFunction,
  options: JudgeOptions,
): readonly CFinding[] {
  const named = files[fn.file];
  if (named === undefined) return [];
  const alone = judgeAlone(named, fn.read, options);
  const ways = surestFirst(link.inheritedOf(fn));
  if (alone.length + ways.length === 0) return NOTHING;
  const here = alone.map(({ finding }) => movedTo(fn, named, finding));
  if (ways.length === 0) return onceForSections(onceForFrees(here));
  const reached = fn.read.calls.flatMap((written, index) => {
    const call = written.allocation === null ? allocatesInside(written) : written;
    if (call === null) return [];
    const said = new Map<string, Said>();
    for (const way of ways) reachedBy(fn, call, way, named, options, said);
    // What the function shows by itself is not said again.
    for (const { call: at, finding } of alone) if (at === index) said.delete(finding.rule);
    return [...said.values()].flatMap((one) => placed(fn, call, named, options.kernel, one) ?? []);
  });
  return onceForSections(onceForFrees([...here, ...reached].sort((a, b) => a.start - b.start)));
}

const SECTION = "explicit-nofs-noio";

/** A scope serves what is allocated together: of one call alone it is not said, of several at the first. */
function onceForSections(findings: readonly CFinding[]): readonly CFinding[] {
  const [first, second] = findings.filter(({ rule }) => rule === SECTION);
  if (first === undefined) return findings;
  return findings.filter((one) => one.rule !== SECTION || (one === first && second !== undefined));
}

/** What a function gives back one after the other in a place where it must not is one mistake, told at the first. */
function onceForFrees(findings: readonly CFinding[]): readonly CFinding[] {
  const told = new Set<string>();
  return findings.filter(({ rule, call, proof: [first] }) => {
    if (first === undefined || apiNamed(/^\w+/.exec(call)?.[0] ?? "")?.family !== "free") return true;
    const key = `${rule} ${first.file} ${first.start}`;
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  });
}

/** What is said twice is said of the surest way. */
const surestFirst = (ways: readonly Inherited[]): readonly Inherited[] =>
  ways.length < 2
    ? ways
    : ways.toSorted(
        (a, b) => RANK[b.confidence] - RANK[a.confidence] || Number(a.isConvention) - Number(b.isConvention),
      );

/** A finding that the function's own text proves, by the call that it is about; -1: it is about none. */
interface Alone {
  readonly call: number;
  /** Offsets of the function. */
  readonly finding: CFinding;
}

interface AloneUnder extends Pick<JudgeOptions, "kernel" | "confidence"> {
  readonly macros: string;
  readonly findings: readonly Alone[];
}

const known = new WeakMap<FunctionRead, AloneUnder>();
const macros = new WeakMap<CFile, string>();

/** The names of the file that its functions are read by. */
function macrosOf(file: CFile): string {
  const found = macros.get(file);
  if (found !== undefined) return found;
  const text = JSON.stringify([file.maskMacros, file.numberMacros]);
  macros.set(file, text);
  return text;
}

/** What a function shows by itself: the same for as long as its text and the macros of its file are. */
function judgeAlone(named: NamedFile, read: FunctionRead, { kernel, confidence }: JudgeOptions): readonly Alone[] {
  const before = known.get(read);
  const under = macrosOf(named.file);
  if (before?.kernel === kernel && before.confidence === confidence && before.macros === under) return before.findings;
  const fn: LinkedFunction = { file: 0, start: 0, read };
  const findings = [
    ...read.calls.flatMap((written, index) => {
      // Where nothing is held nothing is to be said of what allocates inside.
      const isBare = written.state.held.length === 0;
      const call = written.allocation === null && !isBare ? allocatesInside(written) : written;
      if (call?.allocation == null) return [];
      return saidAlone(fn, call, named, { kernel, confidence }).flatMap((one) => {
        const finding = placed(fn, call, named, kernel, one);
        return finding === null ? [] : [{ call: index, finding }];
      });
    }),
    ...judgeCode(named, fn, kernel).map((finding) => ({ call: -1, finding })),
  ];
  known.set(read, { kernel, confidence, macros: under, findings });
  return findings;
}

/** A finding of a function where the function stands. */
function movedTo({ file, start }: LinkedFunction, { path }: NamedFile, finding: CFinding): CFinding {
  const moved = <At extends { readonly start: number; readonly end: number }>(at: At): At => ({
    ...at,
    start: at.start + start,
    end: at.end + start,
  });
  return {
    ...moved(finding),
    file,
    path,
    proof: finding.proof.map((step) => ({ ...moved(step), file })),
    fixes: finding.fixes.map((fix) => ({ ...fix, changes: fix.changes.map(moved) })),
  };
}

/** A finding of one call, before it is placed. */
interface Said {
  readonly finding: SiteFinding<Anchor, RuleFix>;
  readonly readings: readonly MaskReading[];
  readonly confidence: Confidence;
  readonly isConvention: boolean;
  readonly isAnywhere: boolean;
  readonly proof: readonly Step[];
}

/** What proves a place, and how surely. */
type Proven = Pick<Said, "confidence" | "isConvention" | "proof">;

/** Judges a call in these contexts; rules that have spoken before are not asked again. */
function say(
  fn: LinkedFunction,
  call: Call,
  named: NamedFile,
  kernel: Kernel,
  contexts: readonly Context[],
  bindings: Readonly<Record<string, string>>,
  proven: Proven,
  said: Map<string, Said>,
): void {
  if (call.allocation === null) return;
  const readings = readingsOf(named.file, fn.read, call.allocation, bindings);
  if (readings === null || (call.allocation.mask !== null && readings.length === 0)) return;
  const where = contexts.length === 1 ? contexts : allowed(call, readings, contexts, kernel);
  const sure = provenThrough(fn, call, proven);
  for (const finding of judged(call, named, readings, where, kernel))
    if (!said.has(finding.rule))
      said.set(finding.rule, { finding, readings, isAnywhere: proven.proof.length === 0, ...sure });
}

/** What is said of a call that stands for another is as sure as that it does. */
function provenThrough(fn: LinkedFunction, { name, start, allocation }: Call, proven: Proven): Proven {
  const through = allocation?.through ?? null;
  if (through === null) return proven;
  const at = fn.start + start;
  const step: Step = { file: fn.file, start: at, end: at + name.length, text: through.because };
  return { ...proven, confidence: weaker(proven.confidence, through.sure), proof: [...proven.proof, step] };
}

function saidAlone(
  fn: LinkedFunction,
  call: Call,
  named: NamedFile,
  { kernel, confidence }: Pick<JudgeOptions, "kernel" | "confidence">,
): readonly Said[] {
  const said = new Map<string, Said>();
  const facts = factsFor(fn, call, factsAt(fn, call.state, null));
  const slept = call.state.sleptAt >= 0;
  const names = facts.map(({ context }) => context);
  const scopes = names.filter((name) => !isForbidding(kernel, name));
  const anywhere = unproven(kernel, scopes, slept);
  say(fn, call, named, kernel, anywhere, {}, { confidence: "certain", isConvention: false, proof: [] }, said);
  addUnchecked(fn, call, named, anywhere, kernel, said);
  const elsewhere = call.allocation?.through?.isFixed === true ? [...said.keys()] : [];
  if (names.length > scopes.length) {
    const firm = facts.filter((fact) => !fact.isLoose && isForbidding(kernel, fact.context));
    const sayUnder = (under: readonly Fact[], sure: Confidence): void => {
      const proven: Proven = { confidence: sure, isConvention: under !== firm, proof: stepsOf(under, kernel) };
      const context = contextWith(kernel, [...scopes, ...under.map((fact) => fact.context)]);
      const conditions = conditionsOf(call.state);
      if (RANK[sure] >= RANK[confidence]) say(fn, call, named, kernel, [context], conditions, proven, said);
    };
    const sure = firm.reduce<Confidence>((most, fact) => stronger(most, fact.sure), "possible");
    if (firm.length > 0) sayUnder(firm, sure);
    if (firm.length < names.length - scopes.length) sayUnder(facts, "possible");
  }
  addForRt(call, named, facts, fn, kernel, said);
  // What is wrong with a mask wherever it stands is told where it does.
  for (const rule of elsewhere) said.delete(rule);
  return [...said.values()];
}

/** Judges a call where a way leads to it. */
function reachedBy(
  fn: LinkedFunction,
  call: Call,
  way: Inherited,
  named: NamedFile,
  { kernel, confidence }: JudgeOptions,
  said: Map<string, Said>,
): void {
  if (RANK[way.confidence] < RANK[confidence] || !canReach(call.state, way)) return;
  const all = factsFor(fn, call, factsAt(fn, call.state, way));
  if (!all.some((fact) => way.facts.includes(fact))) return;
  const own = all.filter((fact) => !way.facts.includes(fact));
  const names = all.map((fact) => fact.context);
  const context = contextWith(kernel, names);
  if (!isBinding(kernel, context)) return;
  const proof = [...way.path, ...stepsOf(own, kernel)];
  const proven: Proven =
    call.allocation?.result.isOnce === true
      ? { confidence: "possible", isConvention: true, proof }
      : { confidence: way.confidence, isConvention: way.isConvention, proof };
  say(fn, call, named, kernel, [context], way.bindings, proven, said);
}

const UNCHECKED: readonly Rule[] = ["unchecked-result"].flatMap((id) => kernelRule(id) ?? []);

/** Of a result that nobody looks at another rule speaks where reclaim is: it is wrong in every place. */
function addUnchecked(
  fn: LinkedFunction,
  call: Call,
  named: NamedFile,
  anywhere: readonly Context[],
  kernel: Kernel,
  said: Map<string, Said>,
): void {
  const { allocation } = call;
  if (allocation === null || allocation.api === null || allocation.result.is !== "unchecked") return;
  const outside = anywhere.filter(({ task }) => task === 0);
  const readings = readingsOf(named.file, fn.read, allocation, {});
  if (said.has("unchecked-result") || outside.length === anywhere.length || readings === null) return;
  const where = allowed(call, readings, outside, kernel);
  for (const finding of judge(
    callSite(call, named.file, readings, () => where),
    kernel,
    UNCHECKED,
  ))
    said.set(finding.rule, {
      finding,
      readings,
      confidence: "certain",
      isConvention: false,
      proof: [],
      isAnywhere: false,
    });
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
  const isInside = call.allocation?.through?.isInside === true;
  if (raw.length === 0 || kernel.options.PREEMPT_RT || call.allocation === null || isInside) return;
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
    said.set(finding.rule, {
      finding: lower,
      readings,
      confidence: "certain",
      isConvention: false,
      isAnywhere: false,
      proof: raw.map(({ step }) => step),
    });
  }
}

/** `__xa_store()` and its kin drop the array's own lock for a mask that blocks. lib/xarray.c:__xas_nomem */
function factsFor(fn: LinkedFunction, call: Call, facts: readonly Fact[]): readonly Fact[] {
  const left = apiOf(call).startsWith("__xa_") ? facts.filter(({ family }) => family !== "xa") : facts;
  const held = call.allocation?.through?.held ?? [];
  return held.length === 0 ? left : [...left, ...held.map((one) => heldThrough(fn, call, one))];
}

/** What a function that stands for another holds itself where it calls that. */
function heldThrough(fn: LinkedFunction, { name, start }: Call, { by, context, family, lock, sure }: Held): Fact {
  const at = fn.start + start;
  const text = `${name}() takes its memory under ${lock === null ? `${by}()` : `${by}(${lock})`}`;
  return {
    context,
    family,
    lock,
    isLoose: false,
    sure,
    step: { file: fn.file, start: at, end: at + name.length, text },
  };
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

/** By the name of the function, which alone decides it. */
const sleepless = new WeakMap<Kernel, Map<string, boolean>>();

/** A call without a mask that does not sleep in a process, and so nowhere. */
function isSleepless(call: Call, kernel: Kernel): boolean {
  const known = sleepless.get(kernel) ?? new Map<string, boolean>();
  sleepless.set(kernel, known);
  const api = call.allocation?.api ?? null;
  // What has no function of the model has a name from the text, of which there are any number.
  if (api === null) return isSleeplessAs(apiOf(call), call, kernel);
  const is = known.get(api) ?? isSleeplessAs(api, call, kernel);
  known.set(api, is);
  return is;
}

function isSleeplessAs(api: string, call: Call, kernel: Kernel): boolean {
  const request = {
    api,
    mask: withoutMask(kernel, call.allocation),
    order: null,
    sizeBytes: null,
    pages: null,
    count: null,
    context: contextWith(kernel, []),
    node: null,
    cache: null,
    poolEmpty: false,
  };
  return apiNamed(api)?.exists(kernel) !== true || verdict(kernel, request).sleeps === "never";
}

// One answer for calls that ask the same -----------------------------------------------------------------------------

const contextTexts = new WeakMap<Context, string>();

/** A context as a piece of a key; there are few, and each is asked for again and again. */
function contextText(context: Context): string {
  const known = contextTexts.get(context);
  if (known !== undefined) return known;
  const text = JSON.stringify(context);
  contextTexts.set(context, text);
  return text;
}

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
  const asked: Answers = answers.get(kernel) ?? new Map();
  if (asked.size === 0 || asked.size > MOST_ANSWERS) {
    asked.clear();
    answers.set(kernel, asked);
  }
  const { allocation } = call;
  const api = allocation?.api ?? null;
  const asks = JSON.stringify([
    api,
    readings.map((reading) => {
      const { mask, written, certain } = valueIn(reading, kernel);
      return [mask, written, certain];
    }),
    sizesOf(call, named.file, kernel),
    allocation?.result.is,
    allocation?.through?.isInside === true && doesNoIo(call),
    allocation?.through?.isInside,
  ]);
  const key = contexts.reduce((text, context) => text + contextText(context), asks);
  const found = asked.get(key);
  if (found !== undefined) return found;
  const site = callSite(call, named.file, readings, () => contexts);
  const isInside = allocation?.through?.isInside === true;
  const inside = doesNoIo(call) ? SLEEPING_RULES : INSIDE_RULES;
  const said = judge(site, kernel, isInside ? inside : api === null ? MASK_RULES : ALL_RULES);
  const answer = readings.length > 1 && contexts.length === 1 ? [...said, ...sleepsByAny()] : said;
  asked.set(key, answer);
  return answer;

  /** Each of the masks may sleep where it must not, one by this name and one by that. */
  function sleepsByAny(): readonly SiteFinding<Anchor, RuleFix>[] {
    if (said.some(({ rule }) => SLEEPS.has(rule))) return [];
    const each = readings.map((reading) =>
      judged(call, named, [reading], contexts, kernel).find(({ rule }) => SLEEPS.has(rule)),
    );
    const first = each.find((one) => one?.rule === "sleep-in-atomic");
    return first === undefined || each.includes(undefined) ? [] : [{ ...first, place: { kind: "mask" }, fixes: [] }];
  }
}

const SLEEPS: ReadonlySet<string> = new Set(["sleep-in-atomic", "nofs-is-not-atomic"]);

const rulesNamed = (...ids: readonly string[]): readonly Rule[] => ids.flatMap((id) => kernelRule(id) ?? []);

/** The rules that speak of a function that allocates inside. */
const SLEEPING_RULES = rulesNamed("sleep-in-atomic", "alloc-in-nmi");
const INSIDE_RULES = [...SLEEPING_RULES, ...rulesNamed("fs-reclaim-under-lock", "io-reclaim-under-lock")];

/** The rules that speak of a mask and a place, whatever function is called. */
const MASK_RULES = rulesNamed(
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
);

const LOWER: Readonly<Record<Severity, Severity>> = {
  error: "warning",
  warning: "information",
  information: "hint",
  hint: "hint",
};

/** A chain across files is one level lower; what rests on a convention is worth knowing, and no more. */
function severityOf(severity: Severity, { confidence, isConvention }: Proven): Severity {
  if (confidence !== "possible") return severity;
  return isConvention && severity === "error" ? "information" : LOWER[severity];
}

function placed(
  fn: LinkedFunction,
  call: Call,
  named: NamedFile,
  kernel: Kernel,
  { finding, readings, confidence, isConvention, isAnywhere, proof }: Said,
): CFinding | null {
  const place = placeOf(call, readings, kernel, finding.place);
  if (place === null) return null;
  const isInside = call.allocation?.through?.isInside === true;
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
    // What a function of another part of the kernel does inside is known by its name alone.
    severity: isInside ? "information" : severityOf(finding.severity, { confidence, isConvention, proof }),
    message: isInside ? finding.message.replace(`${INSIDE_AS}()`, `${call.name}()`) : finding.message,
    tag: finding.tag,
    file: fn.file,
    path: named.path,
    function: fn.read.name,
    start: fn.start + place.start,
    end: fn.start + place.end,
    call: callText(call),
    maskText: maskTextOf(call),
    confidence,
    isAnywhere,
    proof,
    fixes,
    advice: finding.advice,
  };
}
