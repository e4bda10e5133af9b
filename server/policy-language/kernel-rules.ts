import type { Kernel } from "../model/kernels/kernel.ts";
import { compositeText, flagText } from "../model/masks/names.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { declaredMaskOf, type MaskPart, type MaskValue } from "./masks.ts";
import type { UnplacedFinding, UnplacedRelated } from "./unplaced-finding.ts";
import type { Binding, Environment } from "./environment.ts";
import type { Span } from "../rules/finding.ts";
import { internalError } from "./findings/internal.ts";
import type { Written } from "./properties.ts";
import { fixesOf } from "./request-edits.ts";
import { requestUnder, type KernelRequest, type ResolvedRequest } from "./requests.ts";
import type { Match, Rule, Subject, Anchor } from "../rules/rule.ts";

/** Where a match stands: in the request itself, or in the one that it is `like`, whose text is then related. */
interface Spot {
  readonly span: Span;
  readonly related: readonly UnplacedRelated[];
}

/** What the kernel's rules say of one request under one kernel. A rule that throws becomes one finding that names it. */
export function kernelFindings(
  environment: Environment,
  rules: readonly Rule[],
  request: ResolvedRequest,
  kernel: Kernel,
  text: string,
): readonly UnplacedFinding[] {
  const under = requestUnder(environment, request, kernel);
  if (under === null || request.api === null) return [];
  const subject = subjectOf(request, under);
  if (subject === null) return [];
  const certain = under.value === null || under.value.certain;
  const drafts: UnplacedFinding[] = [];
  for (const rule of rules) {
    let matches: readonly Match[];
    try {
      matches = rule.check(subject);
    } catch (error) {
      drafts.push(internalError(nameSpan(request), `rule ${rule.id}`, error));
      continue;
    }
    for (const match of matches) {
      // Of a mask that is not fully known only the names themselves can be judged.
      if (!certain && match.anchor.kind !== "written") continue;
      const spot = locate(environment, request, under, match.anchor);
      if (spot === null) continue;
      drafts.push({
        rule: rule.id,
        severity: rule.severity,
        source: "kernel",
        message: match.message,
        span: spot.span,
        holds: null,
        related: spot.related,
        fixes: fixesOf({ kernel, text, request, value: under.value }, match.fixes),
        tag: rule.class === "ineffective" ? "unnecessary" : rule.class === "deprecated" ? "deprecated" : null,
      });
    }
  }
  return drafts;
}

/** Null where a mask is needed and none is given: no rule can speak then. */
function subjectOf(request: ResolvedRequest, under: KernelRequest): Subject | null {
  const { api } = request;
  if (api === null || (api.takesMask && under.value === null)) return null;
  return {
    kernel: under.kernel,
    api,
    request: under.request,
    verdict: under.verdict,
    mask: under.request.mask,
    written: under.value?.written ?? null,
    handles: request.handles?.property.handles ?? null,
    hasFallback: request.fallback !== null,
  };
}

// Places --------------------------------------------------------------------------------------------------------------

function locate(environment: Environment, request: ResolvedRequest, under: KernelRequest, anchor: Anchor): Spot | null {
  const { kernel, value } = under;
  const { flags } = request;
  const inMask = (span: Span): Spot => spotIn(request, flags, span);
  const whole = (): Spot => (request.mask === null ? { span: nameSpan(request), related: [] } : inMask(request.mask));
  switch (anchor.kind) {
    case "flag": {
      const part = value === null ? null : carrierOf(kernel, value, anchor.flag);
      return part === null ? whole() : inMask(part.span);
    }
    case "flags": {
      const parts = value === null ? [] : anchor.flags.flatMap((flag) => carrierOf(kernel, value, flag) ?? []);
      const first = parts.toSorted((a, b) => a.span.start - b.span.start)[0];
      return first === undefined ? whole() : inMask(first.span);
    }
    case "pair": {
      const [one, other] = anchor.flags.map((flag) => (value === null ? null : carrierOf(kernel, value, flag)));
      if (one === null || one === undefined || other === null || other === undefined) return whole();
      const [earlier, later] = one.span.start <= other.span.start ? [one, other] : [other, one];
      const spot = inMask(later.span);
      if (earlier.span.start === later.span.start || flags === null) return spot;
      const message = `${earlier.text} stands here.`;
      return { ...spot, related: [...spot.related, relatedIn(flags, environment.uri, earlier.span, message)] };
    }
    case "composite": {
      const part = value === null ? null : partFor(environment, kernel, value, compositeText(anchor.composite));
      return part === null ? whole() : inMask(part.span);
    }
    case "written": {
      // A name that comes through an alias is reported where the alias is declared.
      const part = value?.parts.find(({ text }) => text === anchor.name);
      return part === undefined ? null : inMask(part.span);
    }
    case "literal": {
      const part = value?.parts.find(
        (candidate) =>
          (candidate.kind === "literal" && (candidate.bits !== 0 || candidate.negated)) ||
          holdsLiteral(environment, kernel, candidate),
      );
      return part === undefined ? whole() : inMask(part.span);
    }
    case "mask":
      return whole();
    case "size": {
      const written = (request.size ?? request.count)?.written ?? null;
      const property = written?.property ?? null;
      const span = property === null ? null : property.kind === "size" ? property.size : property.number;
      return spotIn(request, written, span ?? nameSpan(request));
    }
    case "handles":
      return spotIn(request, request.handles, request.handles?.property.value ?? nameSpan(request));
    case "api":
      return spotIn(request, request.apiWritten, request.apiWritten?.property.api ?? nameSpan(request));
    case "context": {
      const written = request.contextWritten ?? request.apiWritten;
      const name = request.contextWritten?.property.context ?? request.apiWritten?.property.api;
      return spotIn(request, written, name ?? nameSpan(request));
    }
  }
}

/** The name of the request, or what there is of it. */
export function nameSpan(request: ResolvedRequest): Span {
  const { name, start } = request.declaration;
  return name ?? { start, end: start + "request".length };
}

/** A place in a property that is inherited is shown at `like`, with the text itself as related information. */
export function spotIn(request: ResolvedRequest, written: Written | null, span: Span): Spot {
  if (written === null || written.inheritedFrom === null)
    return { span: { start: span.start, end: span.end }, related: [] };
  const { revision, uri } = written.inheritedFrom;
  const base = written.inheritedFrom.declaration.name?.text ?? "";
  return {
    span: request.declaration.like ?? nameSpan(request),
    related: [{ revision, uri, span: { start: span.start, end: span.end }, message: `Inherited from ${base}.` }],
  };
}

function relatedIn(written: Written, uri: string, span: Span, message: string): UnplacedRelated {
  const from: Binding | null = written.inheritedFrom;
  return { revision: from?.revision ?? null, uri: from?.uri ?? uri, span, message };
}

/** The piece of the expression that sets the bit of a flag: its own name first, else the first composite, alias or number that carries it. */
export function carrierOf(kernel: Kernel, value: MaskValue, flag: FlagName): MaskPart | null {
  const name = flagText(flag);
  const own = value.parts.find((part) => part.text === name && !part.negated);
  if (own !== undefined) return own;
  const bit = kernel.bits[flag];
  const carriers = value.parts.filter((part) => (part.carries & bit) !== 0);
  return carriers.find((part) => part.kind !== "complement") ?? carriers[0] ?? null;
}

/** The piece that is a name, or the alias that stands for it. */
function partFor(environment: Environment, kernel: Kernel, value: MaskValue, name: string): MaskPart | null {
  const own = value.parts.find((part) => part.text === name);
  if (own !== undefined) return own;
  const through = value.parts.find(
    (part) => part.binding !== null && declaredMaskOf(environment, kernel, part.binding).written.names.includes(name),
  );
  return through ?? null;
}

function holdsLiteral(environment: Environment, kernel: Kernel, part: MaskPart): boolean {
  return part.binding !== null && declaredMaskOf(environment, kernel, part.binding).written.hasLiteral;
}
