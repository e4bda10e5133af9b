// What an allocator of a policy file makes of a mask in C is what the same expression is in the language.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import { readCFile } from "../../server/c-source/functions/c-file.ts";
import { readingsOf, valueIn } from "../../server/c-source/judge/site.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { evaluateMask } from "../../server/policy-language/requests/masks.ts";
import { declaredAllocators } from "../../server/service/code-evidence.ts";
import { allocPolicy } from "../../server/service/kinds/allocpolicy.ts";

const URI = "file:///p/own.allocpolicy";
const GIVEN = ["GFP_KERNEL", "GFP_NOWAIT | __GFP_ZERO", "GFP_NOFS & ~__GFP_IO", "(GFP_USER)"] as const;
const flag = fc.constantFrom(
  "__GFP_ZERO",
  "__GFP_NOFAIL",
  "__GFP_IO",
  "__GFP_DIRECT_RECLAIM",
  "GFP_NOFS",
  "QUIET",
  "gfp",
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    flag,
    fc.tuple(tie("expression"), fc.constantFrom(" | ", " & "), tie("expression")).map((all) => all.join("")),
    tie("expression").map((inner) => `(${inner})`),
    flag.map((inner) => `~${inner}`),
    tie("expression").map((inner) => `~(${inner})`),
    tie("expression").map((inner) => `gentle(${inner})`),
  ),
}));

const headerWith = (body: string): string => `kernel 6.12
flags QUIET = __GFP_NOWARN | __GFP_NORETRY
transform gentle(mask) = mask & ~__GFP_DIRECT_RECLAIM
${body}
`;

test("a mask that an allocator makes in C is what the language makes of the same expression", () => {
  fc.assert(
    fc.property(expression, fc.constantFrom(...GIVEN), (body, given) => {
      const text = headerWith(
        `allocator own_alloc(o, gfp) = kmalloc(8, ${body})\ntransform made(gfp) = ${body}\nflags LAST = made(${given})`,
      );
      const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS, ["file:///p"]), URI, allocPolicy.open(text));
      const environment = environmentOf(workspace, URI);
      const last = parseFile(text).regions.at(-1)?.item;
      const kernel = environment?.kernels[0];
      if (environment === null || kernel === undefined || last?.kind !== "flags") throw new Error("no declaration");
      const expected = evaluateMask(environment, kernel, last.value);
      const file = readCFile(`void f(struct own *o)\n{\n\town_alloc(o, ${given});\n}\n`, {
        build: { options: null },
        wrappers: new Map(),
        allocators: declaredAllocators([environment], () => "own.allocpolicy"),
      });
      const read = file.functions[0]?.read;
      const allocation = read?.calls[0]?.allocation;
      if (read === undefined || allocation == null) throw new Error("no allocation");
      expect([allocation.api, allocation.through?.arguments[0]]).toEqual(["kmalloc", "8"]);
      const [only] = readingsOf(file, read, allocation, {}) ?? [];
      if (only === undefined) throw new Error(`no mask in ${allocation.through?.because ?? ""}`);
      const value = valueIn(only, kernel);
      // Longer than what is read of a mask in C, nothing is known; what is known is the same.
      if (value.certain) expect([value.mask, value.certain]).toEqual([expected.mask, expected.certain]);
      else expect((allocation.through?.arguments[1] ?? "").length === 1 || body.length > 100).toBe(true);
    }),
    { numRuns: 200 },
  );
});
