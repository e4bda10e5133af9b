import { designedBits } from "../../model/kernels/designed.ts";
import { decode, undefinedBits } from "../../model/masks/names.ts";
import { mask } from "../../model/masks/mask.ts";
import { example, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const unknownBit: Rule = {
  id: "unknown-bit",
  title: "A declared flag in a call that does not take bits it does not know",
  severity: "information",
  class: "suspicious",
  explanation:
    "A flag that a file declares is a bit that the kernel does not know. Most of the page allocator passes such a bit by; slab takes it out of the mask of a new slab with a warning, ranges refuse it, and since 6.19 __vmalloc() takes it out with a warning. A patch that brings the flag has to teach them.",
  evidence:
    "mm/slub.c:new_slab (GFP_SLAB_BUG_MASK); mm/page_alloc.c:__alloc_contig_verify_gfp_mask; mm/vmalloc.c:vmalloc_fix_flags",
  advice: "Add the flag to what the function takes, or do not pass it there.",
  examples: {
    bad: example(
      "6.12",
      ["api   kmalloc", "size  64 B", "flags GFP_KERNEL | __GFP_PROTECTED"],
      ["flag __GFP_PROTECTED"],
    ),
    good: example(
      "6.12",
      ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_PROTECTED"],
      ["flag __GFP_PROTECTED"],
    ),
  },
  check,
};

function check({ api, kernel, mask: given }: Subject): readonly Match[] {
  if (undefinedBits(kernel, given) === 0 || !api.takesMask) return NOTHING;
  const designed = mask(given & designedBits(kernel));
  const { refused, cleared, clearedWithWarning } = api.treatment(kernel);
  return [
    ...told(
      kernel,
      designed & refused,
      (name) => `${api.name}() refuses a mask with a bit that it does not know, such as ${name}`,
    ),
    ...told(
      kernel,
      designed & clearedWithWarning,
      (name) => `${api.name}() does not know ${name}, warns about the bit and takes it out`,
    ),
    ...told(
      kernel,
      designed & cleared & ~clearedWithWarning,
      (name) => `${api.name}() takes ${name}, which it does not know, out of the mask`,
    ),
  ];
}

const told = (kernel: Subject["kernel"], bits: number, does: (name: string) => string): readonly Match[] =>
  decode(kernel, mask(bits)).names.map((name) => ({
    anchor: { kind: "written", name },
    message: `${does(name)}: a patch that brings the flag has to teach it.`,
    fixes: [],
  }));
