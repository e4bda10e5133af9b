import { UsageError } from "../command.ts";

/** One of several parts of a run, each for a machine of its own. */
export interface Shard {
  /** From 1 on. */
  readonly part: number;
  readonly parts: number;
}

const MOST_PARTS = 10_000;

/** `2/8`: the second of eight. Throws `UsageError`. */
export function shardFrom(text: string): Shard {
  const [, part, parts] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { part: Number(part), parts: Number(parts) };
  if (part !== undefined && shard.part >= 1 && shard.part <= shard.parts && shard.parts <= MOST_PARTS) return shard;
  throw new UsageError(`--shard takes which part of how many, as 1/4 to 4/4; not '${text}'`);
}

/** The units of one part: every unit is in exactly one, and neighbours, which are alike, in different ones. */
export function partOf<T>(units: readonly T[], { part, parts }: Shard): readonly T[] {
  return units.filter((_, at) => at % parts === part - 1);
}
