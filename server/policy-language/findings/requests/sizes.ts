import type { PolicyDeclaration } from "../../../../grammar/ast.ts";
import { requestProperty } from "../../../../grammar/index.ts";
import type { SizeUnit } from "../../../model/apis/api.ts";
import { report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { ResolvedRequest } from "../../requests/requests.ts";
import type { ResolvedSize } from "../../requests/request-size.ts";
import { sizeText } from "../../analysis/sizes.ts";
import { predicatesOf } from "../../policies/policy-set.ts";
import { measureTestsOf } from "../../policies/predicates/leaves.ts";
import type { LanguageRule } from "../language-rule.ts";

export const wrongSizeUnit: LanguageRule = {
  id: "wrong-size-unit",
  group: "language",
  title: "A size in a unit that the function does not take",
  severity: "error",
  source: "language",
  explanation:
    "kmalloc() takes bytes, alloc_pages() an order, a bulk call a count. A size in another unit is converted, rounded up to what holds it, and judged so; but the call that it describes does not exist in C. Ranges of pages may be given in bytes.",
  advice: "Write the size as the function takes it: the fix does.",
  examples: {
    bad: "kernel 6.12\n\nrequest table {\n  api   kmalloc\n  order 2\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest table {\n  api   kmalloc\n  size  16 KiB\n  flags GFP_KERNEL\n}\n",
  },
};

/** Comparisons of a policy with an order or a number of pages that has a unit of bytes. */
export function measureUnitFindings(policy: PolicyDeclaration): readonly UnplacedFinding[] {
  const tests = policy.clauses.flatMap(predicatesOf).flatMap(measureTestsOf);
  return tests.flatMap(({ measure, size }) => {
    if (measure === "size" || size === null || size.unit === null) return [];
    const noun = measure === "order" ? "An order" : "A number of pages";
    return [
      report(wrongSizeUnit, size, `${noun} has no unit: compare \`size\` with ${size.number.text} ${size.unit}.`),
    ];
  });
}

/** The property that is written for a size in this unit. */
export const PROPERTY_OF_UNIT: Readonly<Record<SizeUnit, string>> = {
  bytes: "size",
  order: "order",
  pages: "pages",
  count: "count",
  none: "size",
};

/** What a function takes that counts in this unit. */
export const NOUN_OF_UNIT: Readonly<Record<SizeUnit, string>> = {
  bytes: "a size in bytes",
  order: "an order",
  pages: "a number of pages",
  count: "a count",
  none: "no size",
};

/** Sizes in a unit that the function does not count in, and numbers that it does not take. */
export function sizeUnitFindings(request: ResolvedRequest): readonly UnplacedFinding[] {
  return [...wrongSizes(request), ...numbersNotTaken(request)];
}

/** Numbers that the API of the request does not read: it would not do what is written. */
function numbersNotTaken({ api, properties }: ResolvedRequest): readonly UnplacedFinding[] {
  if (api === null) return [];
  return properties.flatMap(({ property, inheritedFrom }) => {
    if (inheritedFrom !== null || requestProperty(property.kind).value !== "number") return [];
    const isSize = requestProperty(property.kind).sizeIn !== undefined;
    if (isSize || api.numbers?.includes(property.kind) === true) return [];
    return [report(wrongSizeUnit, property.keyword, `${api.name}() takes no ${property.kind}: drop it.`)];
  });
}

function wrongSizes(request: ResolvedRequest): readonly UnplacedFinding[] {
  return [request.size, request.count].flatMap((size) => {
    if (size === null || size.fits || size.written.inheritedFrom !== null || request.api === null) return [];
    return [wrongUnit(request.api.name, request.api.size, size)];
  });
}

function wrongUnit(api: string, takes: SizeUnit, size: ResolvedSize): UnplacedFinding {
  const { property } = size.written;
  const value = property.kind === "size" ? property.size : property.number;
  const span = value ?? property.keyword;
  if (takes === "none") return report(wrongSizeUnit, span, `${api}() takes no size: drop \`${property.kind}\`.`);
  const converted = size.value === null || size.unit !== takes ? null : sizeIn(takes, size.value);
  const written = property.kind === "size" ? "this size" : `${property.kind} ${property.number?.text ?? ""}`.trim();
  if (converted === null || value === null)
    return report(wrongSizeUnit, span, `${api}() takes ${NOUN_OF_UNIT[takes]}, not a ${property.kind}.`);
  return report(wrongSizeUnit, span, `${api}() takes ${NOUN_OF_UNIT[takes]}: ${written} is \`${converted}\`.`, {
    fixes: [
      {
        title: `Write ${converted}`,
        changes: [{ start: property.keyword.start, end: value.end, text: converted }],
        preferred: true,
      },
    ],
  });
}

/** A size as it would be written in this unit. */
function sizeIn(unit: SizeUnit, value: number): string {
  return unit === "bytes" ? `size ${sizeText(value)}` : `${PROPERTY_OF_UNIT[unit]} ${value}`;
}
