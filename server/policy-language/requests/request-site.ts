import type { Kernel } from "../../model/kernels/kernel.ts";
import type { MaskPart } from "../../model/masks/evaluation/mask-value.ts";
import type { TextEdit } from "../../rules/finding.ts";
import { maskPlace, saysMore, type MaskAnchor } from "../../rules/mask-places.ts";
import type { Anchor } from "../../rules/rule.ts";
import type { Asked, Site } from "../../rules/site.ts";
import type { Environment } from "../analysis/environment.ts";
import { openContextsOf } from "./open-contexts.ts";
import { requestEdits } from "./request-edits.ts";
import { nameSpan, placeIn, type RequestPlace } from "./request-places.ts";
import type { KernelRequest, RequestUnderKernels } from "./under-kernels.ts";
import type { ResolvedRequest } from "./requests.ts";
import type { UnplacedRelated } from "../analysis/unplaced-finding.ts";

/** A request of the language as the kernel's rules see it. `text` is that of its region: edits are written into it. */
export function requestSite(
  environment: Environment,
  { request, under }: RequestUnderKernels,
  text: string,
): Site<RequestPlace, TextEdit> {
  return {
    asked: (kernel) => {
      const answer = under(kernel);
      if (answer === null) return [];
      const asked = askedOf(request, answer);
      const open = openContextsOf(environment, request, answer);
      // Only what is true wherever the code can run is said.
      return (
        open?.map((context): Asked => ({ ...withoutVerdict(asked), request: { ...asked.request, context } })) ?? [asked]
      );
    },
    whole: { span: nameSpan(request), related: [] },
    placeOf: (anchor, kernel) => placeOf(environment.uri, request, kernel, under(kernel), anchor),
    // What is inherited is marked at the name of whom it is inherited from.
    saysMore: (anchor, kernel) =>
      (request.flags?.inheritedFrom ?? null) !== null || saysMore(kernel, under(kernel)?.value ?? null, anchor),
    editsOf: (fix, kernel) => requestEdits({ kernel, text, request, value: under(kernel)?.value ?? null }, fix),
  };
}

const withoutVerdict = ({ verdict: _verdict, ...asked }: Asked): Asked => asked;

const RESULT_IS = { null: "checked", nothing: "unchecked" } as const;

function askedOf(request: ResolvedRequest, answer: KernelRequest): Asked {
  const { request: asked, value } = answer;
  const handles = request.handles?.property.handles ?? null;
  return {
    request: asked,
    verdict: () => answer.verdict,
    written: value?.written ?? null,
    isMaskKnown: value === null || value.certain,
    result: handles === null ? null : RESULT_IS[handles],
    hasFallback: request.fallback !== null,
  };
}

function placeOf(
  uri: string,
  request: ResolvedRequest,
  kernel: Kernel,
  under: KernelRequest | null,
  anchor: Anchor,
): RequestPlace | null {
  switch (anchor.kind) {
    case "size": {
      const written = (request.size ?? request.count)?.written ?? null;
      const property = written?.property ?? null;
      const span = property === null ? null : property.kind === "size" ? property.size : property.number;
      return placeIn(request, written, span ?? nameSpan(request));
    }
    case "number": {
      const written = request.properties.find(({ property }) => property.kind === anchor.name) ?? null;
      const property = written?.property ?? null;
      const span = property !== null && "number" in property ? property.number : null;
      return placeIn(request, written, span ?? nameSpan(request));
    }
    case "result-check":
      return placeIn(request, request.handles, request.handles?.property.value ?? nameSpan(request));
    case "api":
      return placeIn(request, request.apiWritten, request.apiWritten?.property.api ?? nameSpan(request));
    case "context": {
      const written = request.contextWritten ?? request.apiWritten;
      const name = request.contextWritten?.property.context ?? request.apiWritten?.property.api;
      return placeIn(request, written, name ?? nameSpan(request));
    }
    default:
      return placeInMask(uri, request, kernel, under, anchor);
  }
}

function placeInMask(
  uri: string,
  request: ResolvedRequest,
  kernel: Kernel,
  under: KernelRequest | null,
  anchor: MaskAnchor,
): RequestPlace | null {
  const found = maskPlace(kernel, under?.value ?? null, anchor);
  if (found === null) return null;
  if (request.mask === null) return { span: nameSpan(request), related: [] };
  const place = placeIn(request, request.flags, found.marked?.span ?? request.mask);
  return found.beside === null
    ? place
    : { ...place, related: [...place.related, besideIt(uri, request, found.beside)] };
}

function besideIt(ownUri: string, { flags }: ResolvedRequest, { span, text }: MaskPart): UnplacedRelated {
  const from = flags?.inheritedFrom ?? null;
  return { revision: from?.revision ?? null, uri: from?.uri ?? ownUri, span, message: `${text} stands here.` };
}
