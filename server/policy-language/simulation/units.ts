import type { Amount, MemoryDeclaration, ZoneFact } from "../../../grammar/ast.ts";
import type { AmountText } from "../../model/slowpath/simulation.ts";
import type { Environment } from "../analysis/environment.ts";

/** Amounts as a state of memory was written: in pages if most of it is, else in bytes. */
export function amountTextOf(environment: Environment, name: string): AmountText {
  const told: Told[] = [];
  const seen = new Set<string>();
  for (let next: string | null = name; next !== null && !seen.has(next); ) {
    seen.add(next);
    const declaration: unknown = environment.lookup("memory", next)?.declaration;
    if (!isMemory(declaration)) break;
    told.push(...amountsIn(declaration));
    next = declaration.like?.text ?? null;
  }
  // The largest number of a state says best how its author counts.
  const managed = told.find(({ of }) => of === "managed");
  const inPages = told.filter(({ kind }) => kind === "pages").length;
  const counts = managed === undefined ? inPages * 2 >= told.length : managed.kind === "pages";
  return counts ? pagesText : (pages) => bytesText(pages * environment.options.pageBytes);
}

function isMemory(declaration: unknown): declaration is MemoryDeclaration {
  return (
    typeof declaration === "object" && declaration !== null && "kind" in declaration && declaration.kind === "memory"
  );
}

interface Told {
  readonly of: string;
  readonly kind: Amount["kind"];
}

function amountsIn({ source }: MemoryDeclaration): readonly Told[] {
  if (source?.kind !== "nodes") return [];
  return source.nodes.flatMap(({ zones }) => zones.flatMap(({ facts }) => facts.flatMap(amountsOfFact)));
}

function amountsOfFact(fact: ZoneFact): readonly Told[] {
  switch (fact.kind) {
    case "free":
      return [];
    case "range":
      return fact.facts.flatMap(amountsOfFact);
    case "watermarks":
    case "lowmem_reserve":
      return fact.marks.map(({ amount }) => ({ of: fact.kind, kind: amount.kind }));
    default:
      return fact.amount === null ? [] : [{ of: fact.kind, kind: fact.amount.kind }];
  }
}

function pagesText(pages: number): string {
  return pages === 1 ? "1 page" : `${pages} pages`;
}

const UNITS = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
] as const;

/** Bytes in the largest unit that they reach, with one digit behind the point where they do not come out even. */
function bytesText(bytes: number): string {
  for (const [unit, size] of UNITS)
    if (bytes >= size) return `${Number.isInteger(bytes / size) ? bytes / size : (bytes / size).toFixed(1)} ${unit}`;
  return `${bytes} B`;
}
