import { charge } from "./charge.ts";
import { compaction } from "./compaction.ts";
import type { Decision } from "./decision.ts";
import { entry } from "./entry.ts";
import { failure } from "./failure.ts";
import { oom } from "./oom.ts";
import { reclaim } from "./reclaim.ts";
import { round } from "./reserves.ts";

const ALL = { ...entry, ...round, ...compaction, ...reclaim, ...oom, ...failure, ...charge };

export type DecisionName = keyof typeof ALL;
export type Decisions = Readonly<Record<DecisionName, Decision>>;

/**
 * What the page allocator decides about a request, by name. Decisions of one stage stand in the order in which the
 * kernel comes to them (the files keep it); the stages are in the order of `STAGES`.
 */
export const DECISIONS: Decisions = ALL;
