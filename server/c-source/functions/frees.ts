import {
  endedBy,
  freesOneKind as freesOne,
  ownFreeOf,
  refusesMemoryOf,
  type OwnFree,
} from "../../model/memory-kinds.ts";
import { apiOf, type Call } from "./call.ts";
import { escaped } from "../text/expressions.ts";
import type { MadeObject } from "./made-objects.ts";
import { ALLOCATE_INSIDE } from "../tables/inside.ts";

/** Whether it gives memory back that can be of the wrong kind. */
export const freesOneKind = (call: Call): boolean => freesOne(call.name);

/** Whether it gives the memory of a call back and cannot take it. */
export const isWrong = (made: Call, freed: Pick<Call, "name">): boolean =>
  made.allocation?.through == null && refusesMemoryOf(freed.name, apiOf(made));

export const variableOf = (call: Call): string | null => call.allocation?.result.variable ?? null;

/** What the memory or object of a function is, and what gives it back; null: it is not known. */
export function ownFree(name: string): OwnFree | null {
  const end = ALLOCATE_INSIDE.get(name)?.makes?.end ?? null;
  return end === null ? ownFreeOf(name) : endedBy(end);
}

/** Memory that the function itself makes and gives back as what it is not, where nothing else is in the variable. */
export function freedOtherwise(
  calls: readonly Call[],
  objects: readonly MadeObject[],
  text: string,
): readonly { readonly made: number; readonly freed: Call }[] {
  return calls.flatMap((freed, index) => {
    const variable = freed.arguments[0]?.text;
    if (variable === undefined || !freesOneKind(freed)) return [];
    const isWrongHere = (call: Call, at: number): boolean =>
      (variableOf(call) === variable && isWrong(call, freed)) ||
      objects.some((object) => object.call === at && object.end !== null && object.result.variable === variable);
    const made = calls.findIndex(isWrongHere);
    if (made === -1 || made > index || text.includes("is_vmalloc_addr")) return [];
    if (!/^\w+$/.test(variable) && choosesBetween(calls, freed, variable)) return [];
    const writes = text.matchAll(new RegExp(`(?:^|[^\\w>.])${escaped(variable)}\\s*=(?!=|\\s*NULL\\s*[;,])`, "g"));
    const wrong = calls.filter(isWrongHere);
    if ([...writes].length !== wrong.length) return [];
    return [{ made, freed }];
  });
}

/** The function gives the same memory back in two ways: it knows which it is. */
export const choosesBetween = (calls: readonly Call[], freed: Call, variable: string): boolean =>
  calls.some(
    (call) =>
      call.name !== freed.name && call.name.includes("free") && call.arguments.some(({ text }) => text === variable),
  );
