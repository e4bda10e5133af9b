import type { Leaves } from "./leaves.ts";
import type { Program } from "./program.ts";
import type { WrittenMask } from "../mask-scope.ts";

/**
 * 1 for each step that only decides: a condition, what it compares, and, where the values are known, the branch that is
 * not taken. No bit of the mask comes from there.
 */
export function silentSteps(program: Program, values: Uint32Array | null): Uint8Array {
  const silent = new Uint8Array(program.nodes.length);
  for (let step = program.nodes.length - 1; step >= 0; step--) {
    const kind = program.nodes[step]?.kind;
    const operands = program.operands[step] ?? [];
    const taken = values === null ? null : (values[operands[0] ?? 0] ?? 0) === 0 ? 2 : 1;
    operands.forEach((operand, index) => {
      const decides = kind === "equal" || kind === "zero" || (kind === "choice" && index === 0);
      const isLeft = kind === "choice" && taken !== null && index !== 0 && index !== taken;
      silent[operand] = silent[step] === 1 || decides || isLeft ? 1 : 0;
    });
  }
  return silent;
}

/** Names kept in `written`: more than the kernel has, and few enough that a chain of aliases stays cheap. */
const MOST_NAMES = 64;

/**
 * The names of an expression, those of its declared names put in their place; which of them `~` takes away; and whether
 * all are known.
 */
export function writingOf(
  program: Program,
  leaves: Leaves,
  silent: Uint8Array,
): { readonly written: WrittenMask; readonly certain: boolean } {
  const names = new Set<string>();
  const cleared = new Set<string>();
  let hasLiteral = false;
  let certain = true;
  const negated = negatedSteps(program);
  const filters = filteringSteps(program, leaves);
  program.nodes.forEach((node, step) => {
    // A condition as a mask is a mistake.
    if ((node.kind === "zero" || node.kind === "equal") && silent[step] !== 1) certain = false;
    if (node.kind !== "name" && node.kind !== "number" && node.kind !== "call" && node.kind !== "missing") return;
    const under = negated[step] === 1;
    const meaning = leaves.meaningOf(node);
    // In `gfp & (GFP_KERNEL | GFP_ATOMIC)` the names let bits of the caller through: the mask is not written with them.
    const [here, there] =
      silent[step] === 1 || (filters[step] === 1 && !under)
        ? [new Set<string>(), new Set<string>()]
        : under
          ? [cleared, names]
          : [names, cleared];
    switch (meaning.kind) {
      case "declared": {
        const inner = meaning.value.written;
        addNames(here, inner.names);
        addNames(there, inner.cleared);
        hasLiteral ||= inner.hasLiteral && silent[step] !== 1;
        certain &&= meaning.value.certain;
        break;
      }
      case "kernel":
        addNames(here, [meaning.text]);
        break;
      case "parameter":
        break;
      // Zero is zero in every kernel.
      case "literal":
        hasLiteral ||= silent[step] !== 1 && (meaning.bits !== 0 || under || !meaning.fits);
        certain &&= meaning.fits;
        break;
      case "unknown":
        certain = false;
        if (node.kind === "name") addNames(here, [node.text]);
        break;
    }
  });
  return { written: { names: [...names], hasLiteral, cleared: [...cleared] }, certain };
}

/** 1 for each step that stands in an `&` with the parameter of a transform, on the other side of it. */
function filteringSteps(program: Program, leaves: Leaves): Uint8Array {
  const { nodes, operands } = program;
  const holdsParameter = new Uint8Array(nodes.length);
  nodes.forEach((node, step) => {
    const own = node.kind === "name" && leaves.meaningOf(node).kind === "parameter";
    holdsParameter[step] = own || (operands[step] ?? []).some((operand) => holdsParameter[operand] === 1) ? 1 : 0;
  });
  const filters = new Uint8Array(nodes.length);
  for (let step = nodes.length - 1; step >= 0; step--) {
    const inner = operands[step] ?? [];
    const beside = nodes[step]?.kind === "and" ? inner.filter((operand) => holdsParameter[operand] === 1).length : 0;
    for (const operand of inner)
      filters[operand] = filters[step] === 1 || beside > (holdsParameter[operand] ?? 0) ? 1 : 0;
  }
  return filters;
}

/** 1 for each step that stands under an odd number of `~`. */
export function negatedSteps(program: Program): Uint8Array {
  const negated = new Uint8Array(program.nodes.length);
  for (let step = program.nodes.length - 1; step >= 0; step--) {
    const under = (negated[step] ?? 0) ^ (program.nodes[step]?.kind === "not" ? 1 : 0);
    for (const operand of program.operands[step] ?? []) negated[operand] = under;
  }
  return negated;
}

/** As many names as are kept. */
export function addNames(to: Set<string>, from: readonly string[]): void {
  for (const name of from) if (to.size < MOST_NAMES) to.add(name);
}
