import type { Property } from "../../../../grammar/ast.ts";
import { requestProperty } from "../../../../grammar/index.ts";
import { allApis, apiNamed, needsMask } from "../../../model/apis.ts";
import { perKernel } from "../../../model/kernels/per-kernel.ts";
import { comesBefore, kernelOf, mainlineReleases } from "../../../model/kernels/kernels.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import { didYouMean, replacements, report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Span } from "../../../rules/finding.ts";
import { nameSpan } from "../../requests/request-places.ts";
import { insertProperty } from "../../requests/request-edits.ts";
import type { ResolvedRequest } from "../../requests/requests.ts";
import { nearest } from "../../names/suggest.ts";
import { duplicateProperty } from "../headers.ts";
import type { LanguageRule } from "../language-rule.ts";
import { NOUN_OF_UNIT, PROPERTY_OF_UNIT } from "./sizes.ts";

export const unknownApi: LanguageRule = {
  id: "unknown-api",
  group: "language",
  title: "An allocation function that the model does not know",
  severity: "error",
  source: "language",
  explanation:
    "The model has no such function, or the checked kernel does not have it yet. Nothing is said about a request whose function is unknown.",
  advice: "Write the C name of an allocation function, without parentheses.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmaloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

export const missingProperty: LanguageRule = {
  id: "missing-property",
  group: "language",
  title: "A request that does not say enough",
  severity: "error",
  source: "language",
  explanation:
    "A request needs `api`, the size that this function takes, and `flags` where it takes a mask. Properties of a request that it is `like` count.",
  advice: "Add the property.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

/** What a property speaks of: a size in another unit says the same thing. */
function subjectOf(kind: Property["kind"]): string {
  const { sizeIn } = requestProperty(kind);
  return sizeIn === undefined || sizeIn === "count" ? kind : "size";
}

/** Properties and cache facts that are said twice; sizes in different units say the same thing. */
export function duplicatePropertyFindings(properties: readonly Property[], uri: string): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [];
  const seen = new Map<string, Property>();
  for (const property of properties) {
    const { kind } = property;
    if (kind === "cache") findings.push(...duplicateCacheFacts(property, uri));
    if (requestProperty(kind).repeats === true) continue;
    const span = subjectOf(kind);
    const first = seen.get(span);
    seen.set(span, property);
    if (first === undefined) continue;
    const message =
      first.kind === kind
        ? `\`${kind}\` is said twice, and the last one counts.`
        : `\`${kind}\` and \`${first.kind}\` both say how much, and the last one counts.`;
    findings.push(duplicateProperty(property.keyword, message, first.keyword, uri));
  }
  return findings;
}

function duplicateCacheFacts(
  property: Extract<Property, { readonly kind: "cache" }>,
  uri: string,
): readonly UnplacedFinding[] {
  const seen = new Map<string, Span>();
  return property.facts.flatMap((fact) => {
    const first = seen.get(fact.kind);
    seen.set(fact.kind, fact);
    return first === undefined
      ? []
      : [duplicateProperty(fact, `\`${fact.kind}\` is said twice of the cache.`, first, uri)];
  });
}

/** What a request does not say and its function needs, pointed at where the request is named. */
export function missingPropertyFindings(request: ResolvedRequest, text: string): readonly UnplacedFinding[] {
  const span = nameSpan(request);
  const missing = (property: string, message: string, example: string | null): UnplacedFinding => {
    const changes = example === null ? null : insertProperty(text, request.declaration, example);
    return report(missingProperty, span, message, {
      fixes: changes === null ? [] : [{ title: `Add \`${property}\``, changes, preferred: false }],
    });
  };
  if (request.apiWritten === null)
    return [missing("api", "The request does not say which function allocates: add `api`.", null)];
  const { api } = request;
  if (api === null) return [];
  const findings: UnplacedFinding[] = [];
  const given = api.size === "count" ? (request.count ?? request.size) : request.size;
  if (api.size !== "none" && given === null)
    findings.push(
      missing(
        PROPERTY_OF_UNIT[api.size],
        `${api.name}() takes ${NOUN_OF_UNIT[api.size]}: add \`${PROPERTY_OF_UNIT[api.size]}\`.`,
        null,
      ),
    );
  if (needsMask(api) && request.flags === null)
    findings.push(missing("flags", `${api.name}() takes a mask: add \`flags\`.`, "flags GFP_KERNEL"));
  return findings;
}

const apiNamesOf: (kernel: Kernel) => readonly string[] = perKernel((kernel) =>
  allApis()
    .filter((candidate) => candidate.exists(kernel))
    .map((candidate) => candidate.name),
);

/** The names of the APIs of a request or a policy that one kernel does not have. */
export function unknownApiFinding(
  kernel: Kernel,
  name: { readonly text: string; readonly start: number; readonly end: number },
): UnplacedFinding | null {
  const api = apiNamed(name.text);
  if (api === null) {
    const near = nearest(name.text, apiNamesOf(kernel));
    return report(
      unknownApi,
      name,
      `The model knows no allocation function ${name.text}${near.length > 0 ? didYouMean(near) : "."}`,
      { fixes: replacements(name, near) },
    );
  }
  if (api.exists(kernel)) return null;
  const since = mainlineReleases().find((release) => {
    const other = kernelOf(release, kernel.options);
    return !("unknown" in other) && api.exists(other);
  });
  const last = mainlineReleases().findLast((release) => {
    const other = kernelOf(release, kernel.options);
    return !("unknown" in other) && api.exists(other);
  });
  if (since === undefined) return report(unknownApi, name, `${name.text}() does not exist in ${kernel.name}.`);
  return report(
    unknownApi,
    name,
    comesBefore(kernel, since) || last === mainlineReleases().at(-1)
      ? `${name.text}() does not exist before ${since}.`
      : `${name.text}() exists from ${since} to ${last ?? since} only.`,
  );
}
