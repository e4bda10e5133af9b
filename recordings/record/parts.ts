/** One boot's worth of rows: what the recorder in the kernel is told to do. */
export interface Part {
  /** What init finds behind `oracle=`: `p3`. */
  readonly name: string;
  /** In a few words, for --help. */
  readonly what: string;
  /** Which machine it wants beyond 512 MiB in two nodes. */
  readonly cma: boolean;
  readonly movablecore: boolean;
  /** False: other CPUs work on the same pages, and rows differ from run to run. */
  readonly repeats: boolean;
}

const part = (name: string, what: string, machine: Partial<Omit<Part, "name" | "what">> = {}): Part => ({
  name,
  what,
  cma: false,
  movablecore: false,
  repeats: true,
  ...machine,
});

const MOVABLE = { cma: true, movablecore: true };

/**
 * Every part, in the order in which a recording has them. The kernel answers a part that it does not have (`p2v`, `p4v`
 * before 7.2) with no rows.
 */
export const PARTS: readonly Part[] = [
  part("const", "values of constants, which functions are watched"),
  part("fn", "pure functions of masks"),
  part("p2", "every mask, function and context with memory to spare"),
  part("p2n", "slab allocations that always need pages"),
  part("p2v", "functions that work in any context"),
  part("p2x", "calls that may kill the kernel: a boot after each death"),
  part("pz", "which zone, node and pageblock is picked", MOVABLE),
  part("pm", "in a memory cgroup at its limit"),
  part("p3", "fourteen states of scarce memory"),
  part("p3d", "how deep a stream of calls goes"),
  part("p3b", "the OOM killer really kills", { repeats: false }),
  part("p3c", "contexts in scarce memory"),
  part("p3a", "other functions in scarce memory"),
  part("p3n", "slab allocations that need pages in scarce memory"),
  part("p3x", "calls that sleep in atomic contexts with nothing free"),
  part("p3f", "free pages between movable ones", { repeats: false }),
  part("p3g", "in a cpuset without memory"),
  part("p3r", "ranges with nothing free to move to", { movablecore: true }),
  part("p4", "ranges and CMA", MOVABLE),
  part("p4x", "ranges with __GFP_COMP: a boot for each row", MOVABLE),
  part("p4v", "frozen ranges", MOVABLE),
  part("p4r", "ranges with a mapping", MOVABLE),
  part("p4c", "nothing but CMA free", { cma: true }),
];

/**
 * The kernel's arguments for a part.
 * @param cmaWantsPlace the tree, left to itself, would put CMA at the end of memory and not into node 0's Normal zone
 */
export function kernelArguments(one: Part, cmaWantsPlace: boolean): readonly string[] {
  // The machine's memory above 4 GiB begins with node 0's Normal zone.
  const cma = cmaWantsPlace ? "cma=32M@4G" : "cma=32M";
  return [...(one.cma ? [cma] : []), ...(one.movablecore ? ["movablecore=128M"] : [])];
}
