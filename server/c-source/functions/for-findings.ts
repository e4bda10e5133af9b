import { asksForMemory } from "./asking.ts";
import { bearingOnFindings } from "./bearing.ts";
import { freeingElsewhere } from "./bearing-frees.ts";

/** What of a file is read where only what is found in it counts. An editor asks for more, and reads all. */
export const FOR_FINDINGS = { asksForMemory, bearingOnFindings, freeingElsewhere };

export type Selection = typeof FOR_FINDINGS;
