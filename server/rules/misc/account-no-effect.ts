import { drop, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const accountNoEffect: Rule = {
  id: "account-no-effect",
  title: "__GFP_ACCOUNT on a cache that accounts by itself",
  severity: "hint",
  class: "redundant",
  concerns: { families: ["slab-cache"], has: ["ACCOUNT"] },
  recalled: "since 4.5",
  explanation:
    "Objects of a SLAB_ACCOUNT cache are charged whatever the mask. (In a kernel thread without set_active_memcg() the flag has no effect either, because there is nobody to charge; a request does not say that, so the rule speaks of the cache only: `cache { account }`.)",
  evidence: "mm/slub.c:memcg_slab_post_alloc_hook; mm/memcontrol.c:current_obj_cgroup",
  advice: "Drop __GFP_ACCOUNT.",
  examples: {
    bad: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  account }", "flags GFP_KERNEL_ACCOUNT"]),
    good: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  account }", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return has(subject, "ACCOUNT") &&
    subject.kernel.options.MEMCG &&
    subject.api.family === "slab-cache" &&
    subject.request.cache?.account === true
    ? found(
        { kind: "flag", flag: "ACCOUNT" },
        "The cache charges all its objects (SLAB_ACCOUNT), so __GFP_ACCOUNT has no effect: drop it.",
        drop("ACCOUNT"),
      )
    : NOTHING;
}
