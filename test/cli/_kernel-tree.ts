/** A kernel tree of our own: what makes it one, and files. */
export function kernelTree(
  files: Readonly<Record<string, string>>,
  version: readonly [string, string, string] = ["6", "12", "0"],
): Readonly<Record<string, string>> {
  const [major, patchlevel, sublevel] = version;
  return {
    Kbuild: "obj-y += drivers/\n",
    Makefile: `VERSION = ${major}\nPATCHLEVEL = ${patchlevel}\nSUBLEVEL = ${sublevel}\nEXTRAVERSION =\n`,
    ...files,
  };
}

/** A driver of two files: one takes a lock and calls the other, which allocates. */
export const TWO_FILES: Readonly<Record<string, string>> = {
  "drivers/net/own/Makefile": "obj-$(CONFIG_OWN) += own.o\nown-y := main.o ring.o\n",
  "drivers/net/own/main.c": `#include "own.h"

int own_refill(struct own *o)
{
	spin_lock(&o->lock);
	own_ring_grow(o);
	spin_unlock(&o->lock);
	return 0;
}
`,
  "drivers/net/own/ring.c": `#include "own.h"

int own_ring_grow(struct own *o)
{
	o->ring = kmalloc(o->size, GFP_KERNEL);
	return o->ring ? 0 : -ENOMEM;
}
`,
};

/** A function that is wrong by itself: its name, and what stands between the lock and the call. */
export const lockedCall = (name: string, mask = "GFP_KERNEL"): string => `void *${name}(struct own *o)
{
	void *p;

	spin_lock(&o->lock);
	p = kmalloc(64, ${mask});
	spin_unlock(&o->lock);
	return p;
}
`;
