import { apiNamed } from "../../model/apis.ts";
import { FLAG_GROUPS } from "../../model/kernels/flags/groups.ts";
import { maskParameter, parametersOf } from "../../model/prototype.ts";
import { NO_OBJECTION, objectionsTo } from "../candidates.ts";
import { newestKernel } from "../features-of-file.ts";
import { builtInMasks } from "./built-in-masks.ts";
import { type Completion, item } from "./items.ts";
import { type Offer, declaredNames, requestAround } from "./offer.ts";

/** Flags, composites and declared masks; those first that go with what stands already. */
export function maskItems(offer: Offer): readonly Completion[] {
  const kernel = newestKernel(offer.environment);
  if (kernel === null) return [];
  const { around, words } = offer.expected;
  const begun = around.find(({ rule }) => rule === "mask")?.from ?? words.length;
  const taken = namesBeside(words.slice(begun));
  const parameters = parametersIn(words);
  const own = parameters.map((name) => item(name, "mask", { detail: "parameter" }));
  if (words[0] === "allocator" && own.length > 0 && !isMaskArgument(words)) return own;
  const request = requestAround(offer);
  const api = request?.resolved.api ?? null;
  const objection =
    request === null || !offer.environment.kernelKnown
      ? NO_OBJECTION
      : objectionsTo(offer.environment, request.resolved, kernel);
  const { composites, flags } = builtInMasks(kernel, api, objection, offer.typed);
  const declared = declaredMaskItems(offer);
  const groups = Object.keys(FLAG_GROUPS).map((name) => item(name, "composite", { topic: `mask:${name}` }));
  const ordered =
    taken.size === 0
      ? [...own, ...composites, ...declared, ...flags, ...groups]
      : [...own, ...flags, ...declared, ...composites, ...groups];
  return ordered.map((each) => (taken.has(each.label) ? { ...each, held: true } : each));
}

function declaredMaskItems(offer: Offer): readonly Completion[] {
  return declaredNames(offer, "mask").map(({ name, kind, held }) => {
    return kind === "transform"
      ? item(name, "function", { detail: "transform", topic: `mask:${name}`, held })
      : item(name, kind === "flag" ? "flag" : "mask", {
          detail: kind === "flag" ? "declared" : "mask",
          topic: `mask:${name}`,
          held,
        });
  });
}

/** The names that stand beside the next one in a mask, up to the parenthesis or the branch that they are in. */
function namesBeside(words: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  let depth = 0;
  for (const word of words.toReversed()) {
    if (word === ")") depth += 1;
    else if (word === "(") depth -= 1;
    if (depth < 0 || (depth === 0 && /^[?:,=]$/.test(word))) break;
    if (depth === 0 && /^\w/.test(word)) names.add(word);
  }
  return names;
}

/** The parameters of the transform or allocator that these tokens begin. */
function parametersIn(words: readonly string[]): readonly string[] {
  if (words[0] === "transform") return words[2] === "(" ? words.slice(3, 4) : [];
  if (words[0] !== "allocator" || words[2] !== "(") return [];
  return words.slice(3, words.indexOf(")")).filter((word) => word !== ",");
}

/** The argument of an allocator's call that these tokens end in is the mask of the function. */
function isMaskArgument(words: readonly string[]): boolean {
  const open = words.indexOf("=") + 2;
  const api = apiNamed(words[open - 1] ?? "");
  const commas = words.slice(open).filter((word) => word === ",").length;
  return api !== null && maskParameter(parametersOf(api)) === commas;
}
