import { isAtomic } from "./contexts.ts";
import type { Kernel } from "./kernels/kernel.ts";
import type { AllocationRequest, Certainty, Verdict } from "./request.ts";
import { isTooSmallToFail } from "./too-small-to-fail.ts";

/**
 * What the kernel does with a request, in one plain sentence without its full stop: `may sleep; in practice never
 * fails; may wait for ever`; `may sleep, where it must not`. Whether it sleeps and whether it fails are always told,
 * the rest where there is something to tell. Hovers, hints and `explain` begin with it.
 * @param answer the verdict on the request
 */
export function sentenceOf(kernel: Kernel, request: AllocationRequest, answer: Verdict): string {
  if (answer.unknown !== null) return `not known: ${answer.unknown.replace(/\.$/, "")}`;
  const mustNot = answer.sleeps !== "never" && isAtomic(kernel, request.context) ? ", where it must not" : "";
  const told = [
    said(answer.sleeps, "sleeps", "sleep") + mustNot,
    isTooSmallToFail(kernel, request) ? "in practice never fails" : said(answer.fails, "fails", "fail"),
  ];
  if (answer.loops !== "never") told.push("may wait for ever");
  if (answer.oom !== "never") told.push("may call the OOM killer");
  if (answer.reserves !== "none") told.push("may use the reserves");
  if (answer.warns === "always") told.push("always warns");
  if (answer.dies === "always") told.push("stops the kernel");
  return told.join("; ");
}

function said(certainty: Certainty, does: string, bare: string): string {
  switch (certainty) {
    case "never":
      return `never ${does}`;
    case "may":
      return `may ${bare}`;
    case "always":
      return `always ${does}`;
  }
}
