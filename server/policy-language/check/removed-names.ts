import { contextOf } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { EMPTY } from "../../model/masks/mask.ts";
import { kernelRule } from "../../rules/catalogue.ts";
import type { Span, TextEdit } from "../../rules/finding.ts";
import { judge } from "../../rules/judge.ts";
import type { Site } from "../../rules/site.ts";
import type { Environment } from "../analysis/environment.ts";
import type { WrittenExpression } from "../findings/flags.ts";
import { meaningsOf } from "../requests/masks.ts";
import type { RequestPlace } from "../requests/request-places.ts";
import { unplaced } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";

const removedFlag = kernelRule("removed-flag");
const RULES = removedFlag === null ? [] : [removedFlag];

/**
 * Names that a release took away, in expressions that belong to no request: the rule is asked about a site that has
 * nothing but the name.
 */
export function removedNameFindings(
  environment: Environment,
  kernel: Kernel,
  expression: WrittenExpression,
): readonly UnplacedFinding[] {
  return meaningsOf(environment, kernel, expression.node, expression.parameter).flatMap(({ node, meaning }) =>
    node.kind === "name" && meaning.kind === "unknown" && meaning.why?.kind === "removed"
      ? judge(nameSite(node.text, node), kernel, RULES).map(unplaced)
      : [],
  );
}

/** A name that stands alone: the smallest request that there is, whose whole text is the name. */
function nameSite(name: string, { start, end }: Span): Site<RequestPlace, TextEdit> {
  const place: RequestPlace = { span: { start, end }, related: [] };
  return {
    asked: () => [
      {
        request: {
          api: "alloc_pages",
          mask: EMPTY,
          order: 0,
          sizeBytes: null,
          pages: null,
          count: null,
          context: contextOf("process"),
          node: null,
          cache: null,
          poolEmpty: false,
        },
        written: { names: [name], hasLiteral: false, cleared: [] },
        isMaskKnown: true,
        result: null,
        hasFallback: false,
      },
    ],
    whole: place,
    placeOf: () => place,
    saysMore: () => false,
    editsOf: (fix) => (fix.kind === "replace-name" ? [{ start, end, text: fix.by }] : null),
  };
}
