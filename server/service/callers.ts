import type { Allocator } from "../c-source/functions/allocators.ts";
import { callText } from "../c-source/c-finding.ts";
import { findCallers, type Caller, type Wrapper } from "../c-source/judge/callers.ts";
import { ANYWHERE, contextWith } from "../c-source/evidence.ts";
import { canReach, factsAt, NO_FACTS } from "../c-source/link/facts.ts";
import { linkFiles, type DeclaredContext, type Link, type NamedFile } from "../c-source/link/link.ts";
import { sizesOf, valueIn } from "../c-source/judge/site.ts";
import { apiNamed, maskOfCall } from "../model/apis.ts";
import type { Context } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { Mask } from "../model/masks/mask.ts";
import { maskText } from "../model/masks/names.ts";
import { verdict } from "../model/verdict.ts";
import type { Binding, Environment } from "../policy-language/analysis/environment.ts";
import { effectText } from "../policy-language/policies/effect-text.ts";
import { judge, type Judgement } from "../policy-language/policies/judgement.ts";
import { checkAgainstKernel } from "../policy-language/policies/kernel-check.ts";
import { askPolicy } from "../policy-language/policies/policy-set.ts";
import type { PredicateSubject } from "../policy-language/policies/predicates/subject.ts";
import { resolvePolicy, type PolicyClause, type ResolvedPolicy } from "../policy-language/policies/resolved-policy.ts";

/** What a policy says of a call: `unknown` where its mask cannot be read. */
export type Answer = "taken" | "warned" | "forbidden" | "unknown";

/** A call, laid before a policy. */
export interface CallerRow {
  readonly path: string;
  /** Offset of the call in the file, and its length. */
  readonly start: number;
  readonly length: number;
  readonly function: string;
  readonly call: string;
  /** The call without spaces, and the argument that says its mask as it is written. */
  readonly callText: string;
  readonly maskText: string;
  /** The function that it comes to, and the wrappers between, from the call on. */
  readonly api: string;
  readonly via: readonly string[];
  /** Each mask that it can come with, by name; of one that cannot be read, the text of the argument. */
  readonly masks: readonly string[];
  readonly answer: Answer;
  /** Why it is forbidden or warned about: the rules of the policy, in its words. */
  readonly because: readonly string[];
  /** The modes that it selects. More than one where it has several masks. */
  readonly modes: readonly string[];
  /** What the code proves of its context; empty: nothing. */
  readonly contexts: readonly string[];
}

/** A mode, and what it promises that the kernel does not do: whoever selects it relies on that. */
export interface CalledMode {
  readonly name: string;
  readonly promises: string;
  readonly notDone: readonly { readonly promise: string; readonly says: string }[];
}

export interface CallersTable {
  readonly policy: string;
  readonly kernel: string;
  readonly apis: readonly string[];
  readonly modes: readonly CalledMode[];
  /** By path and place. */
  readonly rows: readonly CallerRow[];
  readonly wrappers: readonly {
    readonly path: string;
    readonly start: number;
    readonly function: string;
    readonly api: string;
  }[];
}

/**
 * Lays the callers of a policy's functions before it, those of wrappers that hand their mask on included.
 * @param kernel one of those in force
 * @param filesWith all C files in which one of these names stands
 * @returns null: the policy is `for` no function that the model knows
 */
export function callersOf(
  environment: Environment,
  binding: Binding,
  kernel: Kernel,
  filesWith: (names: readonly string[]) => readonly NamedFile[],
  declared: readonly DeclaredContext[] = [],
  allocators: ReadonlyMap<string, Allocator> = new Map(),
): CallersTable | null {
  const policy = resolvePolicy(environment, binding);
  const apis = (policy?.apis ?? []).map(({ text }) => text).filter((name) => apiNamed(name) !== null);
  if (policy === null || apis.length === 0) return null;
  const { callers, wrappers } = findCallers(apis, filesWith, allocators);
  const links = new Map<NamedFile, Link>();
  const rows = callers.map((caller) => {
    const link = links.get(caller.file) ?? linkFiles(kernel, [caller.file], declared);
    links.set(caller.file, link);
    return rowOf(environment, policy, kernel, caller, link);
  });
  return {
    policy: policy.declaration.name?.text ?? "",
    kernel: kernel.name,
    apis,
    modes: modesOf(environment, policy, kernel),
    rows: rows.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start)),
    wrappers: wrappers.map(wrapperOf),
  };
}

const wrapperOf = ({ file, function: read, start, api }: Wrapper) => ({
  path: file.path,
  start,
  function: read.name,
  api,
});

function rowOf(
  environment: Environment,
  policy: ResolvedPolicy,
  kernel: Kernel,
  caller: Caller,
  link: Link,
): CallerRow {
  const { file, function: read, call, start, api, via, text } = caller;
  const { names, contexts } = contextsOf(kernel, caller, link);
  const values = caller.masks?.map((reading) => valueIn(reading, kernel)) ?? null;
  const isKnown = values?.every(({ certain }) => certain) === true;
  const called = apiNamed(api);
  const asked: readonly Mask[] =
    called === null || values === null || !isKnown
      ? []
      : values.length === 0
        ? [maskOfCall(kernel, called, null)]
        : values.map(({ mask }) => mask);
  // Of a wrapper's own call the sizes are not known here, but of what is declared to stand for another.
  const hasSizes = via.length === 0 || call.allocation?.through?.sure === "certain";
  const judged = [...new Set(asked)].map((mask) =>
    contexts.map((context) =>
      judge(environment, kernel, policy, subjectOf(kernel, api, mask, hasSizes ? caller : null, context)),
    ),
  );
  const forbidden = judged.flatMap((ofMask) => inEvery(ofMask, rulesAgainst));
  const warned = judged.flatMap((ofMask) => inEvery(ofMask, ({ warned: clauses }) => clauses.map(reasonOf)));
  return {
    path: file.path,
    start,
    length: call.name.length,
    function: read.name,
    call: call.name,
    callText: callText(call),
    maskText: text,
    api,
    via,
    masks: isKnown ? [...new Set(asked.map((mask) => maskText(kernel, mask)))] : [text.replace(/\s+/g, " ")],
    answer: !isKnown ? "unknown" : forbidden.length > 0 ? "forbidden" : warned.length > 0 ? "warned" : "taken",
    because: [...new Set(forbidden.length > 0 ? forbidden : warned)],
    modes: [...new Set(judged.flat().flatMap(({ modes }) => modes.flatMap(({ clause }) => clause.name?.text ?? [])))],
    contexts: names,
  };
}

/** What is said in every context that the call may be made in. */
function inEvery(judgements: readonly Judgement[], said: (judgement: Judgement) => readonly string[]): string[] {
  const [first, ...others] = judgements.map(said);
  return (first ?? []).filter((text) => others.every((other) => other.includes(text)));
}

function rulesAgainst({ forbidden, outside, unmet }: Judgement): readonly string[] {
  return [
    ...forbidden.map(reasonOf),
    ...(outside.length > 0 ? ["it stands outside of every `allow`"] : []),
    ...unmet.map(reasonOf),
  ];
}

function reasonOf({ clause }: PolicyClause): string {
  const because = "because" in clause ? (clause.because?.value ?? null) : null;
  if (because !== null) return because;
  return clause.kind === "require" ? "it lacks what a `require` asks for" : `a \`${clause.kind}\` takes it`;
}

/** What the code proves of where a call is made; where it proves nothing, wherever code can run. */
function contextsOf(
  kernel: Kernel,
  { function: read, call }: Caller,
  link: Link,
): { readonly names: readonly string[]; readonly contexts: readonly Context[] } {
  const fn = link.functions.find((one) => one.read === read);
  if (fn === undefined) return { names: [], contexts: ANYWHERE };
  const ways = link.waysTo(fn).filter((way) => canReach(call.state, way.bindings));
  const reachedWith = [NO_FACTS, ...ways.map((way) => way.facts)];
  const facts = reachedWith.map((one) => factsAt(read, call.state, one)).filter((one) => one.length > 0);
  if (facts.length === 0)
    return call.state.sleptAt >= 0
      ? { names: ["process"], contexts: [contextWith(kernel, [])] }
      : { names: [], contexts: ANYWHERE };
  const names = facts.map((one) => one.map(({ context }) => context));
  return { names: [...new Set(names.flat())], contexts: names.map((one) => contextWith(kernel, one)) };
}

/** @param caller where the call itself says the size; null: a wrapper decides it */
function subjectOf(kernel: Kernel, api: string, mask: Mask, caller: Caller | null, context: Context): PredicateSubject {
  const none = { order: null, sizeBytes: null, pages: null, count: null };
  const sizes = caller === null ? none : sizesOf(caller.call, caller.file.file, kernel);
  const request = { api, mask, ...sizes, context, node: null, cache: null, poolEmpty: false };
  const answer = verdict(kernel, request);
  const known = answer.unknown === null;
  const page = kernel.options.pageBytes;
  return {
    mask,
    sizeBytes:
      sizes.sizeBytes ??
      (sizes.order !== null ? page * 2 ** sizes.order : sizes.pages !== null ? page * sizes.pages : null),
    context,
    sleeps: known ? answer.sleeps !== "never" : null,
    mayOom: known ? answer.oom !== "never" : null,
    mayFail: known ? answer.fails !== "never" : null,
  };
}

function modesOf(environment: Environment, policy: ResolvedPolicy, kernel: Kernel): readonly CalledMode[] {
  return askPolicy(environment, policy, (setsOf) => {
    const set = setsOf(kernel);
    const differences = checkAgainstKernel(environment, kernel, set, true);
    return set.modes.map(({ source: { clause } }) => ({
      name: clause.name?.text ?? "",
      promises: clause.effects.map(effectText).join(", "),
      notDone: clause.effects.flatMap((effect) => {
        const found = differences.find(({ span }) => span.start === effect.start && span.end === effect.end);
        return found === undefined ? [] : [{ promise: effectText(effect), says: found.message }];
      }),
    }));
  });
}
