import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const skbDma: Rule = {
  id: "skb-dma",
  title: "GFP_DMA to alloc_skb()",
  severity: "information",
  class: "ineffective",
  concerns: { families: ["skb"], has: ["DMA"] },
  recalled: "since 2.6.x",
  explanation:
    "The flag is taken out for struct sk_buff itself and kept for the data. Who counts on the whole buffer lying in the DMA zone gets half of it.",
  evidence: "net/core/skbuff.c:__alloc_skb",
  advice: "Map the data with the DMA API, which bounces where it must, and drop the flag.",
  examples: {
    bad: example("6.12", ["api   alloc_skb", "size  1500 B", "flags GFP_ATOMIC | GFP_DMA"]),
    good: example("6.12", ["api   alloc_skb", "size  1500 B", "flags GFP_ATOMIC"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "skb" && has(subject, "DMA")
    ? found(
        { kind: "flag", flag: "DMA" },
        `${subject.api.name}() honours __GFP_DMA for the data only and takes it out for struct sk_buff: drop it and map the data with the DMA API.`,
        drop("DMA"),
      )
    : NOTHING;
}
