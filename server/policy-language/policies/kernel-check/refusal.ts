import type { Effect } from "../../../../grammar/ast.ts";
import type { Api } from "../../../model/apis/api.ts";
import type { Node } from "../../symbolic/node.ts";
import { smallestWitness } from "../../symbolic/smallest-witness.ts";
import type { PolicySet } from "../policy-set.ts";
import { answers, COMPARED, namesOf } from "./answers.ts";
import type { Difference } from "./difference.ts";

/** No mask of the mode is taken at all, so that nothing of what it promises comes about. */
export function refusal(set: PolicySet, within: readonly Node[], api: Api, effect: Effect): Difference | null {
  const example = COMPARED.has(effect.name.text) ? smallestWitness(set.space, within) : null;
  return example === null
    ? null
    : {
        text: `${api.name}() refuses every mask of this mode`,
        names: namesOf(set, example),
        isSo: answers(set, api, "fails", "always", example),
      };
}
