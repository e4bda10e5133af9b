import type { FileCallees } from "./callees.ts";
import { nameId } from "../text/names.ts";
import { SIGNATURE_NAMES } from "../text/signatures.ts";
import { isKeptScope } from "./state.ts";
import { ALLOCATE_INSIDE } from "../tables/inside.ts";
import { LOCK_CALLS } from "../tables/locks.ts";
import type { Tokens } from "../text/tokens.ts";

/** Flags of a task that stand for a scope. */
export const TASK_FLAGS = ["PF_MEMALLOC", "PF_MEMALLOC_NOFS", "PF_MEMALLOC_NOIO"];
const OPENS_SCOPE = [...LOCK_CALLS].flatMap(([name, { family }]) => (isKeptScope(family) ? [name] : []));
const ASKING = [...SIGNATURE_NAMES, ...ALLOCATE_INSIDE.keys(), ...TASK_FLAGS, ...OPENS_SCOPE].map(nameId);

/**
 * Whether anything can be found in a file at all: something in it allocates or gives memory back, names a mask, or
 * opens a scope. Where nothing does, no call of it is an allocation and nothing is observed in its functions.
 * @param callees what is called in it besides its own functions
 */
export function asksForMemory(
  tokens: Tokens,
  { effects, allocators }: Pick<FileCallees, "effects" | "allocators">,
): boolean {
  if (tokens.text.includes("GFP_") || ASKING.some(tokens.has)) return true;
  for (const name of allocators.keys()) if (tokens.idOf(name) !== 0) return true;
  for (const { takes } of effects.values()) if (takes.some(({ family }) => isKeptScope(family))) return true;
  return false;
}
