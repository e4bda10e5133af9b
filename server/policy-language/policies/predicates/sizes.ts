import type { Predicate } from "../../../../grammar/ast.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import { bytesOfSize } from "../../analysis/sizes.ts";
import type { Node } from "../../symbolic/node.ts";
import { largerThan, type Space } from "../../symbolic/space.ts";

/** `size`, `order` or `pages`, compared. */
export type MeasurePredicate = Extract<Predicate, { kind: "measure" }>;

/**
 * The sizes that count as equal to what is compared with, in bytes, both ends included: `order == 2` is more than one
 * size.
 */
interface Limit {
  readonly from: number;
  readonly to: number;
}

/** Null: nothing to compare with, or bytes where orders or pages belong (wrong-size-unit says so). */
export function limitBytes(kernel: Kernel, { measure, size }: MeasurePredicate): Limit | null {
  if (size === null || (measure !== "size" && size.unit !== null)) return null;
  const page = kernel.options.pageBytes;
  const value = bytesOfSize(size);
  switch (measure) {
    case "size":
      return { from: value, to: value };
    case "pages":
      return { from: (value - 1) * page + 1, to: value * page };
    case "order":
      return { from: value === 0 ? 1 : page * 2 ** (value - 1) + 1, to: page * 2 ** value };
  }
}

/** Whether a size compares so to a limit. */
export function compareToLimit(comparison: MeasurePredicate["comparison"], limit: Limit, bytes: number): boolean {
  switch (comparison) {
    case "<":
      return bytes < limit.from;
    case "<=":
      return bytes <= limit.to;
    case ">":
      return bytes > limit.to;
    case ">=":
      return bytes >= limit.from;
    case "==":
      return bytes >= limit.from && bytes <= limit.to;
  }
}

/** All requests whose size compares so to a limit. */
export function measureSet(space: Space, comparison: MeasurePredicate["comparison"], limit: Limit): Node {
  const { bdd } = space;
  const fromOn = largerThan(space, limit.from - 1);
  const beyond = largerThan(space, limit.to);
  switch (comparison) {
    case "<":
      return bdd.not(fromOn);
    case "<=":
      return bdd.not(beyond);
    case ">":
      return beyond;
    case ">=":
      return fromOn;
    case "==":
      return bdd.without(fromOn, beyond);
  }
}
