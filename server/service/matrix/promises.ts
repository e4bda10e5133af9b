import type { Effect } from "../../../grammar/ast.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { checkAgainstKernel } from "../../policy-language/policies/kernel-check.ts";
import type { PolicySet } from "../../policy-language/policies/policy-set.ts";
import type { Mode } from "./mode.ts";
import { type MatrixPromise, type MatrixPromises, spanIn } from "./spans.ts";

/** What each mode promises, effect by effect. */
export function promisesOf(
  environment: Environment,
  set: PolicySet,
  modes: readonly Mode[],
): readonly MatrixPromises[] {
  const effects = new Set(
    modes.flatMap(({ source }) => source?.source.clause.effects.map(({ name }) => name.text) ?? []),
  );
  // Places are relative to where a mode is written, so each is asked by itself.
  const differences = modes.map(({ source }) =>
    source === null ? [] : checkAgainstKernel(environment, set.kernel, { ...set, modes: [source] }, true),
  );
  return [...effects].map((effect) => ({
    effect,
    cells: modes.map(({ source }, index): MatrixPromise | null => {
      const promise = source?.source.clause.effects.find(({ name }) => name.text === effect);
      if (source === null || promise === undefined) return null;
      const difference = differences[index]?.find(
        ({ span }) => span.start === promise.start && span.end === promise.end,
      );
      return {
        text: valueText(promise),
        span: spanIn(environment, source.source.owner, promise),
        kernel: difference?.message ?? null,
      };
    }),
  }));
}

function valueText({ name, values }: Effect): string {
  if (values === null) return name.text;
  return "value" in values ? values.text : values.map(({ text }) => text).join(" | ");
}

// Places --------------------------------------------------------------------------------------------------------------
