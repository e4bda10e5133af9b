import { ALL } from "../../server/rules/index.ts";
import type { Match } from "../../server/rules/rule.ts";
import { knownKernels, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { departuresOf, runsOf } from "../_releases.ts";
import { matchesOf, targetsOf, type Asked } from "./_subject.ts";

/** Every mainline release of the model. */
export const EVERY = "4.19..";
/** No release at all. */
export const NEVER = "";

const matches = (id: string, asked: Asked, kernel: string): boolean =>
  matchesOf(ALL, id, { ...asked, kernel }).length > 0;

/** The mainline releases that report a request, as runs (see `runsOf`), and only where the function exists. */
export function holdsIn(id: string, asked: Asked): string {
  return runsOf((kernel) => matches(id, asked, kernel));
}

/** The point releases, vendor and development trees that answer otherwise than the release that they follow. */
export function departuresIn(id: string, asked: Asked): readonly string[] {
  return departuresOf((kernel) => matches(id, asked, kernel));
}

/** The point releases, vendor and development trees that report a request. */
export function alsoIn(id: string, asked: Asked): readonly string[] {
  const releases = new Set(mainlineReleases());
  return knownKernels().filter((kernel) => !releases.has(kernel) && matches(id, asked, kernel));
}

/** Whether the rule reports the request on its kernel (6.12 unless it says another). */
export const reports = (id: string, asked: Asked): boolean => matches(id, asked, asked.kernel ?? "6.12");

/** What the only match of the rule marks; an error where there is not exactly one. */
export function marks(id: string, asked: Asked): unknown {
  const [anchor, ...more] = targetsOf(ALL, id, asked);
  if (anchor === undefined || more.length > 0)
    throw new Error(`${id} has ${more.length === 0 ? "no match" : "more than one match"}`);
  return anchor;
}

/** The only match of the rule. */
export function match(id: string, asked: Asked): Match {
  const [only, ...more] = matchesOf(ALL, id, asked);
  if (only === undefined || more.length > 0)
    throw new Error(`${id} has ${only === undefined ? "no match" : "more than one match"}`);
  return only;
}
