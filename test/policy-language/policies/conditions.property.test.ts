import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelOf } from "../../../server/model/kernels/kernels.ts";
import { mask, type FlagName } from "../../../server/model/masks/mask.ts";
import { encode } from "../../../server/model/masks/names.ts";
import { checkFindings, findingsIn } from "../_fixture.ts";

function known() {
  const kernel = kernelOf("6.12");
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}
const kernel = known();

const FLAGS = ["IO", "FS", "NOWARN", "NORETRY", "DIRECT_RECLAIM"] as const satisfies readonly FlagName[];
const text = (flag: FlagName): string => `__GFP_${flag}`;

/** A transform as text, and as JavaScript has it. */
interface Body {
  readonly text: string;
  readonly of: (gfp: number) => number;
}

const flag = fc.constantFrom(...FLAGS);
const bit = (one: FlagName): number => kernel.bits[one];
const body: fc.Arbitrary<Body> = fc.letrec<{ body: Body; condition: Body }>((tie) => ({
  condition: fc.oneof(
    flag.map((one) => ({ text: `gfp & ${text(one)}`, of: (gfp: number) => gfp & bit(one) })),
    flag.map((one) => ({ text: `!(gfp & ${text(one)})`, of: (gfp: number) => ((gfp & bit(one)) === 0 ? 1 : 0) })),
    fc.tuple(flag, flag).map(([one, other]) => ({
      text: `(gfp & (${text(one)} | ${text(other)})) == ${text(one)}`,
      of: (gfp: number) => ((gfp & (bit(one) | bit(other))) === bit(one) ? 1 : 0),
    })),
    fc.tuple(flag, flag).map(([one, other]) => ({
      text: `(gfp & ${text(one)}) != (gfp & ${text(other)})`,
      of: (gfp: number) => ((gfp & bit(one)) !== (gfp & bit(other)) ? 1 : 0),
    })),
  ),
  body: fc.oneof(
    { maxDepth: 3, depthSize: "small", withCrossShrink: true },
    fc.constant({ text: "gfp", of: (gfp: number) => gfp }),
    flag.map((one) => ({ text: `gfp & ~${text(one)}`, of: (gfp: number) => gfp & ~bit(one) })),
    flag.map((one) => ({ text: `gfp | ${text(one)}`, of: (gfp: number) => gfp | bit(one) })),
    fc.tuple(tie("condition"), tie("body"), tie("body")).map(([condition, yes, no]) => ({
      text: `(${condition.text} ? ${yes.text} : ${no.text})`,
      of: (gfp: number) => (condition.of(gfp) === 0 ? no.of(gfp) : yes.of(gfp)),
    })),
  ),
})).body;

/** Every mask of the flags that the bodies speak of: no other bit decides anything. */
const MASKS = Array.from({ length: 2 ** FLAGS.length }, (_, index) =>
  FLAGS.reduce<number>((all, one, i) => ((index >> i) & 1 ? all | bit(one) : all), 0),
);

describe("a transform with conditions", () => {
  test("is decided over all masks as trying each of them decides it", () => {
    fc.assert(
      fc.property(body, flag, flag, fc.constantFrom("has", "lacks"), (transform, given, wanted, test) => {
        const holds = MASKS.every((gfp) => {
          if ((gfp & bit(given)) !== 0) return true;
          return ((transform.of(gfp) & bit(wanted)) !== 0) === (test === "has");
        });
        const rules = findingsIn(
          `kernel 6.12\ntransform t(gfp) = ${transform.text}\nexpect t when lacks ${text(given)} gives ${test} ${text(wanted)}\n`,
        ).map(({ rule }) => rule);
        expect(rules, transform.text).toEqual(holds ? [] : ["expectation-fails"]);
      }),
      { numRuns: 250, seed: 20251021 },
    );
  });

  test("a counterexample is the smallest mask that breaks it", () => {
    const [finding] = findingsIn(`kernel 6.12
transform careful(gfp) = (gfp & __GFP_RETRY_MAYFAIL ? gfp : gfp & ~__GFP_DIRECT_RECLAIM) & ~__GFP_NOFAIL
expect careful gives lacks __GFP_FS
expect careful gives lacks __GFP_NOFAIL
expect careful when lacks __GFP_RETRY_MAYFAIL gives lacks __GFP_DIRECT_RECLAIM
`);
    expect(finding?.message).toContain("For `GFP_KERNEL` (1 name, the fewest)");
  });

  test("may use another one, and a request may use it", () => {
    const findings = checkFindings(`kernel 6.12
transform inner(gfp) = gfp & __GFP_IO ? gfp : gfp | __GFP_NOWARN
transform outer(gfp) = inner(gfp) & __GFP_NOWARN ? 0 : gfp
expect outer when lacks __GFP_IO gives is 0
expect outer when lacks __GFP_NOWARN gives only __GFP_IO
//                                   ^^^^^^^^^^^^^^^^^^^ expectation-fails
flags QUIET = outer(GFP_NOWAIT & ~__GFP_NOWARN)
request r { api kmalloc  size 64 B  flags outer(GFP_KERNEL)  handles null }
`);
    expect(findings).toHaveLength(1);
  });

  test("a mask takes the branch of its condition, and the other is not written", () => {
    checkFindings(`kernel 6.12
request r { api kmalloc  size 64 B  flags GFP_KERNEL & __GFP_FS ? GFP_KERNEL : GFP_HIGHUSER  handles null }
request s { api kmalloc  size 64 B  flags GFP_NOIO == GFP_NOFS ? GFP_KERNEL : GFP_KERNEL | __GFP_COMP  handles null }
//                                                                                         ^^^^^^^^^^ slab-dropped-flags
`);
    expect(encode(kernel, ["GFP_KERNEL"])).toBe(mask(0xcc0));
  });

  test("conditions are no masks", () => {
    checkFindings(`kernel 6.12
flags A = !GFP_KERNEL
//        ^ condition-as-mask
flags B = __GFP_IO | __GFP_FS == __GFP_FS
//                   ^^^^^^^^^^^^^^^^^^^^ condition-as-mask
`);
  });
});
