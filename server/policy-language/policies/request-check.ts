import type { Predicate } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { mask, type Mask } from "../../model/masks/mask.ts";
import { flagsIn, flagText } from "../../model/masks/names.ts";
import { report } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import type { LanguageRule } from "../findings/language-rule.ts";
import { policyForbids, policyIgnores, policyRequires, policyWarns } from "../findings/policies.ts";
import type { MaskPart, MaskValue } from "../../model/masks/evaluation/mask-value.ts";
import { openContextsOf } from "../requests/open-contexts.ts";
import type { KernelRequest } from "../requests/under-kernels.ts";
import type { ResolvedRequest } from "../requests/requests.ts";
import { effectText } from "./effect-text.ts";
import { isTaken, judge, type Judgement } from "./judgement.ts";
import { testOf } from "./predicates.ts";
import type { PredicateSubject } from "./predicates/subject.ts";
import { resolvePolicy, type PolicyClause, type ResolvedPolicy } from "./resolved-policy.ts";

/**
 * A request against the policies that it is bound to, under one kernel: an error for what is forbidden or lacks what is
 * required, a warning for `warn`, a hint for `ignore`. Marks the mask, or the one flag that decides.
 */
export function checkRequestAgainstPolicies(
  environment: Environment,
  request: ResolvedRequest,
  under: KernelRequest,
): readonly UnplacedFinding[] {
  return request.policies.flatMap((binding) => {
    const policy = resolvePolicy(environment, binding);
    return policy === null ? [] : findingsOf(environment, policy, request, under);
  });
}

/** The modes of a policy that a request selects under one kernel, by name. */
export function modesOf(environment: Environment, binding: Binding, under: KernelRequest): readonly string[] {
  const policy = resolvePolicy(environment, binding);
  if (policy === null) return [];
  return judge(environment, under.kernel, policy, subjectOfRequest(under)).modes.flatMap(
    ({ clause }) => clause.name?.text ?? [],
  );
}

/** A mode that a request selects, and what it promises: `drain none, retries 0`. */
export interface SelectedMode {
  readonly policy: string;
  readonly mode: string;
  readonly promises: string;
}

/** The modes that a request selects in all its policies, under one kernel. */
export function selectedModesOf(
  environment: Environment,
  request: ResolvedRequest,
  under: KernelRequest,
): readonly SelectedMode[] {
  return request.policies.flatMap((binding) => {
    const policy = resolvePolicy(environment, binding);
    if (policy === null) return [];
    return judge(environment, under.kernel, policy, subjectOfRequest(under)).modes.map(({ clause }) => ({
      policy: policy.declaration.name?.text ?? "",
      mode: clause.name?.text ?? "",
      promises: clause.effects.map(effectText).join(", "),
    }));
  });
}

function findingsOf(
  environment: Environment,
  policy: ResolvedPolicy,
  request: ResolvedRequest,
  under: KernelRequest,
): readonly UnplacedFinding[] {
  const { kernel, value } = under;
  if (value !== null && !value.certain) return [];
  const subject = subjectOfRequest(under);
  const judgement = judgedEverywhere(environment, policy, request, under);
  const name = policy.declaration.name?.text ?? "";
  const finding = (
    rule: LanguageRule,
    message: string,
    clause: PolicyClause,
    span: Span,
    tag: UnplacedFinding["tag"] = null,
  ): UnplacedFinding => {
    const related = [
      {
        revision: clause.owner.revision,
        uri: clause.owner.uri,
        span: predicatePlace(clause),
        message: `the rule of policy ${name}`,
      },
    ];
    return { ...report(rule, span, message, { related }), tag };
  };
  /** Where the flags stand without one of which none of the predicates is met any more. */
  const decisive = (predicates: readonly Predicate[], isMended: (met: boolean | null) => boolean): Span => {
    const tests = predicates.map((predicate) => testOf(environment, kernel, predicate));
    const bits = decidingBits(kernel, subject.mask, (changed) => {
      const without = { ...subject, mask: changed };
      return tests.some((test) => isMended(test(without)));
    });
    return placeOfBits(request, value, bits);
  };
  const forbidden = judgement.forbidden.map((entry) =>
    finding(
      policyForbids,
      `Policy ${name} forbids this${because(entry)}.`,
      entry,
      decisive([entry.clause.predicate], (met) => met !== true),
    ),
  );
  const [firstAllow] = judgement.outside;
  const outside =
    firstAllow === undefined || judgement.forbidden.length > 0
      ? []
      : [
          finding(
            policyForbids,
            `Policy ${name} does not allow this mask${extraText(environment, policy, under, subject)}${because(firstAllow)}.`,
            firstAllow,
            decisive(
              judgement.outside.map(({ clause }) => clause.predicate),
              (met) => met !== false,
            ),
          ),
        ];
  const unmet = judgement.unmet.map((entry) =>
    finding(
      policyRequires,
      `Policy ${name} requires what this mask does not have${because(entry)}.`,
      entry,
      maskPlace(request),
    ),
  );
  const warned = judgement.warned.map((entry) =>
    finding(
      policyWarns,
      `Policy ${name} warns about this${because(entry)}.`,
      entry,
      decisive([entry.clause.predicate], (met) => met !== true),
    ),
  );
  const ignored = judgement.ignored.map((entry) => {
    const flags = flagsIn(kernel, entry.bits).map(flagText).join(", ");
    return finding(
      policyIgnores,
      `Policy ${name} ignores ${flags}${because(entry)}.`,
      entry,
      placeOfBits(request, value, entry.bits),
      // An alias or composite with other flags is not grey for one of them.
      (partOfBits(request, value, entry.bits)?.bits ?? mask(0)) === entry.bits ? "unnecessary" : null,
    );
  });
  return [...forbidden, ...outside, ...unmet, ...warned, ...ignored];
}

/** The judgement of a policy; where the context is not known, what it says wherever the request may be made. */
function judgedEverywhere(
  environment: Environment,
  policy: ResolvedPolicy,
  request: ResolvedRequest,
  under: KernelRequest,
): Judgement {
  const subject = subjectOfRequest(under);
  const contexts = openContextsOf(environment, request, under);
  if (contexts === null) return judge(environment, under.kernel, policy, subject);
  return contexts.map((context) => judge(environment, under.kernel, policy, { ...subject, context })).reduce(inBoth);
}

/** What is held against a request whose context is not known: what is held against it wherever it may be made. */
function inBoth(one: Judgement, other: Judgement): Judgement {
  const common = <Entry extends PolicyClause>(
    left: readonly Entry[],
    right: readonly PolicyClause[],
  ): readonly Entry[] => left.filter(({ clause }) => right.some((also) => also.clause === clause));
  return {
    forbidden: common(one.forbidden, other.forbidden),
    outside: common(one.outside, other.outside),
    unmet: common(one.unmet, other.unmet),
    warned: common(one.warned, other.warned),
    ignored: common(one.ignored, other.ignored),
    modes: common(one.modes, other.modes),
    open: one.open || other.open,
  };
}

/** What a policy can see of a request. */
function subjectOfRequest(under: KernelRequest): PredicateSubject {
  const { kernel, request, callMask } = under;
  const page = kernel.options.pageBytes;
  const sizeBytes =
    request.sizeBytes !== null
      ? request.sizeBytes * (request.count ?? 1)
      : request.order !== null
        ? page * 2 ** request.order
        : request.pages !== null
          ? page * request.pages
          : null;
  const isNot = (field: "sleeps" | "oom" | "fails"): boolean | null =>
    under.verdict.unknown === null ? under.verdict[field] !== "never" : null;
  // Few policies ask what the model says.
  return {
    mask: callMask,
    sizeBytes,
    context: request.context,
    get sleeps() {
      return isNot("sleeps");
    },
    get mayOom() {
      return isNot("oom");
    },
    get mayFail() {
      return isNot("fails");
    },
  };
}

/** The bits of which each by itself decides: without it the policy says otherwise. */
function decidingBits(kernel: Kernel, value: Mask, isMended: (changed: Mask) => boolean): Mask {
  return flagsIn(kernel, value).reduce(
    (all, flag) => (isMended(mask(value & ~kernel.bits[flag])) ? mask(all | kernel.bits[flag]) : all),
    mask(0),
  );
}

/** The flag where one bit decides, else the whole mask; without a mask the API's name. */
const placeOfBits = (request: ResolvedRequest, value: MaskValue | null, bits: Mask): Span =>
  partOfBits(request, value, bits)?.span ?? maskPlace(request);

/** What brings the one bit, in the request's own text. */
function partOfBits(request: ResolvedRequest, value: MaskValue | null, bits: Mask): MaskPart | null {
  const isSingle = bits !== 0 && (bits & (bits - 1)) === 0;
  if (!isSingle || value === null || request.flags?.inheritedFrom !== null) return null;
  return value.parts.find(({ carries, negated }) => !negated && (carries & bits) !== 0) ?? null;
}

/** The mask where the request wrote it; what it inherits is marked at its own name. */
function maskPlace(request: ResolvedRequest): Span {
  const { flags, apiWritten, declaration } = request;
  if (flags !== null && flags.inheritedFrom === null) return spanOf(flags.property.mask);
  if (flags === null && apiWritten?.inheritedFrom === null && apiWritten.property.api !== null)
    return spanOf(apiWritten.property.api);
  return spanOf(declaration.name ?? declaration);
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function predicatePlace({ clause }: PolicyClause): Span {
  switch (clause.kind) {
    case "allow":
    case "forbid":
    case "warn":
    case "require":
      return spanOf(clause.predicate);
    case "ignore":
    case "mode":
    case "stage":
      return spanOf(clause.keyword);
  }
}

/** `: "one pinned page would hold the caller for ever"`, in the author's words. */
function because({ clause }: PolicyClause): string {
  const reason = "because" in clause ? clause.because : null;
  return reason === null || reason === undefined ? "" : `: "${reason.value}"`;
}

/** The flags without which the policy would allow the mask, where that is what is wrong. */
function extraText(
  environment: Environment,
  policy: ResolvedPolicy,
  { kernel }: KernelRequest,
  subject: PredicateSubject,
): string {
  const extra = flagsIn(kernel, subject.mask).filter((flag) => {
    const alone = mask(subject.mask & ~kernel.bits[flag]);
    return isTaken(judge(environment, kernel, policy, { ...subject, mask: alone }));
  });
  return extra.length === 0 ? "" : ` with ${extra.map(flagText).join(", ")}`;
}
