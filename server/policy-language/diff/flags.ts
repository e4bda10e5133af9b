import type { Kernel } from "../../model/kernels/kernel.ts";
import { flagsIn, flagText, meaningOf } from "../../model/masks/names.ts";
import type { FlagName, Mask } from "../../model/masks/mask.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { meaningsOf } from "../requests/masks.ts";
import type { Side } from "./side.ts";

/** A flag that the file writes and that is not the same on both sides. */
export interface FlagDifference {
  readonly name: string;
  readonly kind: "appears" | "vanishes" | "changes";
  readonly text: string;
}

/** The names that the file writes in its masks and whose meaning is another one under the other kernel. */
export function flagDifferences(first: Side, second: Side): readonly FlagDifference[] {
  const names = new Set<string>();
  for (const { environment, kernel } of [first, second]) {
    for (const binding of [...environment.visible("subject"), ...environment.visible("mask")]) {
      if (binding.uri === environment.uri) for (const name of namesIn(environment, kernel, binding)) names.add(name);
    }
  }
  return [...names].sort().flatMap((name) => flagDifference(name, first.kernel, second.kernel) ?? []);
}

/** What is different about a flag or composite, by its name; null: nothing is. Where its bit lies does not count. */
export function flagDifference(name: string, first: Kernel, second: Kernel): FlagDifference | null {
  const [before, after] = [bitsOf(first, name), bitsOf(second, name)];
  if (before === null && after === null) return null;
  if (before === null) return { name, kind: "appears", text: `${name} does not exist in ${first.name}` };
  if (after === null) return { name, kind: "vanishes", text: `${name} does not exist in ${second.name}` };
  const [had, has] = [new Set<FlagName>(flagsIn(first, before)), new Set<FlagName>(flagsIn(second, after))];
  const gained = [...has].filter((flag) => !had.has(flag)).map(flagText);
  const lost = [...had].filter((flag) => !has.has(flag)).map(flagText);
  if (gained.length === 0 && lost.length === 0) return null;
  const parts = [
    ...(gained.length > 0 ? [`gains ${gained.join(", ")}`] : []),
    ...(lost.length > 0 ? [`loses ${lost.join(", ")}`] : []),
  ];
  return { name, kind: "changes", text: `${name} ${parts.join(" and ")}` };
}

function bitsOf(kernel: Kernel, name: string): Mask | null {
  const meaning = meaningOf(kernel, name);
  return "mask" in meaning ? meaning.mask : null;
}

function namesIn(environment: Environment, kernel: Kernel, { declaration }: Binding): readonly string[] {
  const masks =
    declaration.kind === "request"
      ? declaration.properties.flatMap((property) => (property.kind === "flags" ? [property.mask] : []))
      : declaration.kind === "flags"
        ? [declaration.value]
        : declaration.kind === "transform"
          ? [declaration.body]
          : [];
  return masks.flatMap((node) =>
    meaningsOf(environment, kernel, node, null).flatMap(({ node: leaf, meaning }) =>
      leaf.kind === "name" && meaning.kind !== "declared" ? [leaf.text] : [],
    ),
  );
}
