import { applyScopes } from "../../model/masks/properties.ts";
import { blocks, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isRange } from "./_contig.ts";

const scope = "context journal { in process  scope nofs }";

export const rangeWithoutFs: Rule = {
  id: "range-without-fs",
  title: "A range without __GFP_FS leaves page cache where it is",
  severity: "information",
  class: "ineffective",
  concerns: { families: ["contig", "cma"] },
  recalled: "since 3.5; the mask decides since 4.4",
  explanation:
    "Pages with a mapping (page cache, shared memory) are moved only with __GFP_FS; without it, and in a nofs or noio scope, they stay where they are, and a range that holds one is -EBUSY. cma_alloc() asks with GFP_KERNEL, so that there the scope alone decides. Anonymous pages move whatever the mask. Where reclaim may not enter filesystems this is as it must be; elsewhere the range is lost for nothing.",
  evidence: "mm/compaction.c:isolate_migratepages_block",
  advice:
    "Allocate the range outside of the filesystem's section, with GFP_KERNEL; inside, be ready for -EBUSY and try another range.",
  examples: {
    bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL", "context journal"], [scope]),
    good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  const { api, kernel, request, verdict } = subject;
  if (verdict.fails === "always" || (api.family !== "cma" && !isRange(subject))) return NOTHING;
  const { scopes } = request.context;
  const scoped = (applyScopes(kernel, kernel.gfp.KERNEL, scopes) & kernel.bits.FS) === 0;
  // A mask that cannot block is a mistake of another kind, and cma_alloc() looks at none.
  if (!scoped && (api.family === "cma" || !blocks(subject) || has(subject, "FS"))) return NOTHING;
  // Where the mask does not reach the migration targets, range-nofs-ignored says both.
  if (!scoped && kernel.features.contigTargetMask !== "from-caller") return NOTHING;
  const why = scoped ? "In this scope" : "Without __GFP_FS";
  return found(
    scoped ? { kind: "context" } : { kind: "mask" },
    `${why} page cache and shared memory stay where they are, and ${api.name}() fails where its range holds one: ask with GFP_KERNEL outside of the filesystem's section, or be ready to try another range.`,
  );
}
