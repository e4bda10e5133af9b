import type { Kernel } from "../model/kernels/kernel.ts";
import { compositeText, flagText } from "../model/masks/names.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { declaredMaskOf, type MaskPart, type MaskValue } from "./masks.ts";
import type { DraftFinding, DraftRelated } from "./unplaced-finding.ts";
import type { Binding, Environment } from "./environment.ts";
import type { Place } from "../rules/finding.ts";
import { internalError } from "./findings/internal.ts";
import type { Written } from "./properties.ts";
import { fixesOf } from "./request-edits.ts";
import { requestUnder, type KernelRequest, type ResolvedRequest } from "./requests.ts";
import type { Match, Rule, Subject, Target } from "../rules/rule.ts";

/** Where a match stands: in the request itself, or in the one that it is `like`, whose text is then related. */
interface Spot {
  readonly place: Place;
  readonly related: readonly DraftRelated[];
}

/** What the kernel's rules say of one request under one kernel. A rule that throws becomes one finding that names it. */
export function kernelFindings(
  environment: Environment,
  rules: readonly Rule[],
  request: ResolvedRequest,
  kernel: Kernel,
  text: string,
): readonly DraftFinding[] {
  const under = requestUnder(environment, request, kernel);
  if (under === null || request.api === null) return [];
  const subject = subjectOf(request, under);
  if (subject === null) return [];
  const certain = under.value === null || under.value.certain;
  const drafts: DraftFinding[] = [];
  for (const rule of rules) {
    let matches: readonly Match[];
    try {
      matches = rule.check(subject);
    } catch (error) {
      drafts.push(internalError(nameSpot(request), `rule ${rule.id}`, error));
      continue;
    }
    for (const match of matches) {
      // Of a mask that is not fully known only the names themselves can be judged.
      if (!certain && match.target.kind !== "written") continue;
      const spot = locate(environment, request, under, match.target);
      if (spot === null) continue;
      drafts.push({
        rule: rule.id,
        severity: rule.severity,
        source: "kernel",
        message: match.message,
        place: spot.place,
        holds: null,
        related: spot.related,
        fixes: fixesOf({ kernel, text, request, value: under.value }, match.remedies),
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

function locate(environment: Environment, request: ResolvedRequest, under: KernelRequest, target: Target): Spot | null {
  const { kernel, value } = under;
  const { flags } = request;
  const inMask = (place: Place): Spot => spotIn(request, flags, place);
  const whole = (): Spot => (request.mask === null ? { place: nameSpot(request), related: [] } : inMask(request.mask));
  switch (target.kind) {
    case "flag": {
      const part = value === null ? null : carrierOf(kernel, value, target.flag);
      return part === null ? whole() : inMask(part.place);
    }
    case "flags": {
      const parts = value === null ? [] : target.flags.flatMap((flag) => carrierOf(kernel, value, flag) ?? []);
      const first = parts.toSorted((a, b) => a.place.start - b.place.start)[0];
      return first === undefined ? whole() : inMask(first.place);
    }
    case "pair": {
      const [one, other] = target.flags.map((flag) => (value === null ? null : carrierOf(kernel, value, flag)));
      if (one === null || one === undefined || other === null || other === undefined) return whole();
      const [earlier, later] = one.place.start <= other.place.start ? [one, other] : [other, one];
      const spot = inMask(later.place);
      if (earlier.place.start === later.place.start || flags === null) return spot;
      const message = `${earlier.text} stands here.`;
      return { ...spot, related: [...spot.related, relatedIn(flags, environment.uri, earlier.place, message)] };
    }
    case "composite": {
      const part = value === null ? null : partFor(environment, kernel, value, compositeText(target.composite));
      return part === null ? whole() : inMask(part.place);
    }
    case "written": {
      // A name that comes through an alias is reported where the alias is declared.
      const part = value?.parts.find(({ text }) => text === target.name);
      return part === undefined ? null : inMask(part.place);
    }
    case "literal": {
      const part = value?.parts.find(
        (candidate) =>
          (candidate.kind === "literal" && (candidate.bits !== 0 || candidate.negated)) ||
          holdsLiteral(environment, kernel, candidate),
      );
      return part === undefined ? whole() : inMask(part.place);
    }
    case "mask":
      return whole();
    case "size": {
      const written = (request.size ?? request.count)?.written ?? null;
      const property = written?.property ?? null;
      const place = property === null ? null : property.kind === "size" ? property.size : property.number;
      return spotIn(request, written, place ?? nameSpot(request));
    }
    case "handles":
      return spotIn(request, request.handles, request.handles?.property.value ?? nameSpot(request));
    case "api":
      return spotIn(request, request.apiWritten, request.apiWritten?.property.api ?? nameSpot(request));
    case "context": {
      const written = request.contextWritten ?? request.apiWritten;
      const name = request.contextWritten?.property.context ?? request.apiWritten?.property.api;
      return spotIn(request, written, name ?? nameSpot(request));
    }
  }
}

/** The name of the request, or what there is of it. */
export function nameSpot(request: ResolvedRequest): Place {
  const { name, start } = request.declaration;
  return name ?? { start, end: start + "request".length };
}

/** A place in a property that is inherited is shown at `like`, with the text itself as related information. */
export function spotIn(request: ResolvedRequest, written: Written | null, place: Place): Spot {
  if (written === null || written.inheritedFrom === null)
    return { place: { start: place.start, end: place.end }, related: [] };
  const { slot, uri } = written.inheritedFrom;
  const base = written.inheritedFrom.declaration.name?.text ?? "";
  return {
    place: request.declaration.like ?? nameSpot(request),
    related: [{ slot, uri, place: { start: place.start, end: place.end }, message: `Inherited from ${base}.` }],
  };
}

function relatedIn(written: Written, uri: string, place: Place, message: string): DraftRelated {
  const from: Binding | null = written.inheritedFrom;
  return { slot: from?.slot ?? null, uri: from?.uri ?? uri, place, message };
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
