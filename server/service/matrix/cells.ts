import type * as protocol from "../../../protocol/matrix.ts";
import type { Api } from "../../model/apis/api.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { listText } from "../../policy-language/findings/report.ts";
import type { PolicySet } from "../../policy-language/policies/policy-set.ts";
import type { PolicyClause } from "../../policy-language/policies/resolved-policy.ts";
import { FALSE } from "../../policy-language/symbolic/node.ts";
import { clauseBits, decides, namesBits, withAll } from "./bits.ts";
import { type Effects, speakingOf } from "./effects.ts";
import { kernelDifference } from "./kernel-difference.ts";
import type { Mode } from "./mode.ts";
import { because, clauseText, isSingle, sentence, them } from "./phrases.ts";
import { type MatrixCell, type MatrixSpan, spanIn, spanOf } from "./spans.ts";
import { type Why, companions, whyAlways, whyNone } from "./why.ts";

/** What a mode does with the bits, and why. `effects`: what they change about rules; `apis`: what the policy is for. */
export function cellOf(
  environment: Environment,
  set: PolicySet,
  mode: Mode,
  bits: Mask,
  effects: readonly Effects[],
  apis: readonly Api[],
): MatrixCell {
  const { space, kernel } = set;
  const { bdd } = space;
  const has = withAll(space, bits);
  const withIt = bdd.and(mode.within, has);
  const span = (found: PolicyClause | null): MatrixSpan | null =>
    found === null ? null : spanIn(environment, found.owner, spanOf(found.clause));
  const cell = (kind: protocol.CellKind, why: Why, more: Partial<MatrixCell> = {}): MatrixCell => ({
    kind,
    always: false,
    conditional: false,
    warned: false,
    reason: why.reason,
    rule: span(why.rule),
    kernel: kind === "forbidden" ? null : kernelDifference(kernel, apis, bits, kind),
    ...more,
  });
  if (withIt === FALSE) return cell("forbidden", whyNone(environment, set, mode, bits, has));
  const always = (bits & ~mode.fixed.ones) === 0;
  const warning = mode.unwarned.find(({ rest, fixed }) => {
    if (rest === FALSE) return always;
    return (bits & fixed.zeros) !== 0 || (!isSingle(bits) && bdd.and(rest, has) === FALSE);
  })?.rule;
  const warned = warning !== undefined;
  const limits = always ? "" : companions(space, mode.fixed, withIt, bits);
  const when = mode.source?.source.clause.when ?? null;
  if (
    mode.source !== null &&
    when !== null &&
    namesBits(environment, kernel, when, bits) &&
    decides(space, mode.source.set, withIt, bits)
  ) {
    const selected = always ? `every mask of this mode has ${them(bits)}` : "one of the ways into this mode";
    return cell("selects", { reason: sentence(selected, limits), rule: mode.source.source }, { always, warned });
  }
  const ignoring = set.policy.clauses.find(
    ({ clause }) => clause.kind === "ignore" && (bits & ~clauseBits(environment, kernel, clause.masks)) === 0,
  );
  if (ignoring !== undefined)
    return cell(
      "ignored",
      { reason: sentence(`accepted and without effect${because(ignoring.clause)}`, limits), rule: ignoring },
      { always, warned },
    );
  const { speaking, conditional } =
    always || !isSingle(bits) ? { speaking: [], conditional: false } : speakingOf(set, mode, bits, effects);
  if (warning !== undefined) {
    return cell(
      always ? "required" : "allowed",
      { reason: sentence(`taken with a warning${because(warning.clause)}`, limits), rule: warning },
      { always, conditional, warned },
    );
  }
  if (always) return cell("required", whyAlways(environment, set, mode, bits, has), { always });
  const [first] = speaking;
  if (first !== undefined) {
    const texts = speaking
      .slice(0, MOST_NAMED)
      .map(({ clause, owner }) => `\`${clauseText(environment, owner, clause)}\`${because(clause)}`);
    const rest = speaking.length > MOST_NAMED ? ` and ${speaking.length - MOST_NAMED} more` : "";
    return cell(
      "allowed",
      { reason: sentence(`depends on ${listText(texts)}${rest}`, limits), rule: first },
      { conditional },
    );
  }
  const letting = set.clauses.find(
    (each) => each.source.clause.kind === "allow" && bdd.and(each.set, withIt) !== FALSE,
  );
  return cell("allowed", {
    reason: sentence(
      letting === undefined
        ? isSingle(bits)
          ? "no rule speaks of it"
          : "some masks have it"
        : `some masks have it${because(letting.source.clause)}`,
      limits,
    ),
    rule: letting?.source ?? null,
  });
}

/** Rules that are named in a reason. */
const MOST_NAMED = 2;
