// A file that is read for its findings alone is passed over where nothing can be found in it, and nowhere else.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCFile, type ReadOptions } from "../../server/c-source/functions/c-file.ts";
import { readHeader } from "../../server/c-source/functions/headers.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { withHeader } from "../../server/c-source/functions/module.ts";
import { SIGNATURE_NAMES } from "../../server/c-source/text/signatures.ts";
import { ALLOCATE_INSIDE } from "../../server/c-source/tables/inside.ts";
import { kernelNamed } from "../rules/_subject.ts";

const PLAIN: ReadOptions = { build: { options: null }, wrappers: new Map(), allocators: new Map() };
const OWN_HEADER = `static inline void *own_new(int n)
{
	return kmalloc(n, GFP_KERNEL);
}
static inline unsigned int own_scope(void)
{
	return memalloc_nofs_save();
}
`;
const WITH_HEADER = withHeader(PLAIN, readHeader(OWN_HEADER, PLAIN, "own.h"));

const called = (name: string): string => `static void called(void)\n{\n\t${name}(x);\n}\n`;

describe("a file is read for its findings", () => {
  test("where any function that allocates or gives back is called in it", () => {
    for (const name of [...SIGNATURE_NAMES, ...ALLOCATE_INSIDE.keys(), "memalloc_noio_save", "memalloc_pin_restore"])
      expect(readCFile(called(name), { ...PLAIN, isForFindings: true }).functions, name).toHaveLength(1);
  });

  test("where a function is called that allocates as its header or a macro has it", () => {
    expect(readCFile(called("own_new"), { ...WITH_HEADER, isForFindings: true }).functions).toHaveLength(1);
    expect(readCFile(called("own_new"), { ...PLAIN, isForFindings: true }).functions).toHaveLength(0);
    const macro = `#define own_get(n) kmalloc(n, GFP_KERNEL)\n${called("own_get")}`;
    expect(readCFile(macro, { ...PLAIN, isForFindings: true }).functions).toHaveLength(1);
  });
});

const PIECES: readonly string[] = [
  "static void locked(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tfill(nic);\n\tspin_unlock(&nic->lock);\n}\n",
  "static int fill(struct nic *nic)\n{\n\tnic->p = own_new(3);\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic)\n{\n\tnic->p = kmalloc(3, GFP_KERNEL);\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic)\n{\n\treturn device_create(nic);\n}\n",
  "static int fill(struct nic *nic)\n{\n\tvfree(nic->p);\n\treturn 0;\n}\n",
  "static int fill(struct nic *nic)\n{\n\treturn own_get(nic);\n}\n",
  "static int fill(struct nic *nic)\n{\n\treturn 0;\n}\n",
  "static void flags(void)\n{\n\tcurrent->flags |= PF_MEMALLOC;\n}\n",
  "static int left(int x)\n{\n\tunsigned int own = own_scope();\n\n\tif (x)\n\t\treturn 1;\n\tmemalloc_nofs_restore(own);\n\treturn 0;\n}\n",
  "static bool may(gfp_t own)\n{\n\treturn own & GFP_KERNEL;\n}\n",
  "#define own_get(n) kmalloc(n, GFP_KERNEL | GFP_ATOMIC)\n",
  "#define own_get(n) vmalloc(n)\n",
  "#define own_lock(n) spin_lock(&(n)->lock)\n",
  "#define OWN_GFP (GFP_KERNEL | GFP_ATOMIC)\n",
  "static const struct net_device_ops ops = {\n\t.ndo_start_xmit = fill,\n};\n",
];

test("what is found is what a reading of all of it gives", () => {
  const kernel = kernelNamed("6.12", {});
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(PLAIN, WITH_HEADER),
      (pieces, options) => {
        const text = pieces.join("\n");
        const found = (isForFindings: boolean) =>
          judgeC([{ path: "own.c", file: readCFile(text, { ...options, isForFindings }) }], {
            kernel,
            confidence: "possible",
          });
        expect(found(true), text).toEqual(found(false));
      },
    ),
    { numRuns: 300 },
  );
});
