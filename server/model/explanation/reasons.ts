import type { Api } from "../apis/api.ts";
import type { Plan } from "../apis/_plan.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { AllocationRequest, Claim, Part, Reason, Verdict } from "../request.ts";

/** One request that is explained, with its verdict, and the reasons found so far. */
export interface Explained {
  readonly kernel: Kernel;
  readonly api: Api;
  readonly request: AllocationRequest;
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly reasons: Reason[];
}

/** Says something that is no reason for an answer: about the mask, the zone, the size, a refusal. */
export function note(to: Explained, about: Reason["about"], text: string, evidence: string): void {
  to.reasons.push({ about, text, evidence, claim: null, of: "call" });
}

/** Gives a reason for an answer of the whole call; nothing is said where the verdict answers otherwise. */
export function because(to: Explained, claim: Claim, text: string, evidence: string): void {
  const [about, value] = claim;
  if (to.verdict[about] === value) to.reasons.push({ about, text, evidence, claim, of: "call" });
}

const NAMES: Readonly<Record<Exclude<Part, "call">, string>> = {
  "first try": "First try",
  "second try": "Second try",
  "large blocks": "Large blocks",
  "last try": "Last try",
  pages: "The pages",
  "pages to move to": "The pages to move to",
  "page tables": "The page tables",
  descriptor: "The descriptor",
  node: "The try on the node",
  head: "The head",
  charge: "The charge",
};

/** Gives a reason for an answer of a part of the call, and names the part. */
export function becauseOfPart(
  to: Explained,
  of: Exclude<Part, "call">,
  claim: Claim,
  text: string,
  evidence: string,
): void {
  to.reasons.push({
    about: claim[0],
    text: `${NAMES[of]}: ${text.replaceAll("this request", "it")}`,
    evidence,
    claim,
    of,
  });
}
