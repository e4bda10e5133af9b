import type { Answers, Certainty, Claim } from "../request.ts";
import { EFFECT } from "./decision.ts";

export function certainty(effects: number): Certainty {
  return effects === 0 ? "never" : "may";
}

export function reclaimOf(effects: number): Answers["reclaim"] {
  if ((effects & EFFECT.reclaim) !== 0) return "direct";
  return (effects & EFFECT.kswapd) !== 0 ? "kswapd" : "none";
}

export function reservesOf(effects: number): Answers["reserves"] {
  if ((effects & EFFECT.reserveAll) !== 0) return "all";
  if ((effects & EFFECT.reserveAtomic) !== 0) return "atomic";
  return (effects & EFFECT.reserveHigh) !== 0 ? "high" : "none";
}

/** What one try may come to, as the answers of a verdict; `effects` are bits of EFFECT. */
export function answersOf(effects: number): Answers {
  return {
    sleeps: certainty(effects & EFFECT.sleep),
    reclaim: reclaimOf(effects),
    compaction: certainty(effects & EFFECT.compact),
    kswapd: certainty(effects & EFFECT.kswapd),
    oom: certainty(effects & EFFECT.kill),
    fails: certainty(effects & EFFECT.fail),
    warns: (effects & EFFECT.warnWhenServed) !== 0 ? "always" : certainty(effects & EFFECT.warn),
    reserves: reservesOf(effects),
    loops: certainty(effects & EFFECT.loop),
    dies: certainty(effects & EFFECT.die),
  };
}

/** Whether the claim is one of these answers. What a try always does it also may do: another try may do without. */
export function isReasonOf(answers: Answers, [about, value]: Claim): boolean {
  return answers[about] === value || (answers[about] === "always" && value === "may");
}
