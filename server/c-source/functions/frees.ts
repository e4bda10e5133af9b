import { freesOneKind as freesOne, refusesMemoryOf } from "../../model/memory-kinds.ts";
import { apiOf, type Call } from "./call.ts";
import { escaped } from "../text/expressions.ts";

/** Whether it gives memory back that can be of the wrong kind. */
export const freesOneKind = (call: Call): boolean => freesOne(call.name);

/** Whether it gives the memory of a call back and cannot take it. */
export const isWrong = (made: Call, freed: Pick<Call, "name">): boolean =>
  made.allocation?.through == null && refusesMemoryOf(freed.name, apiOf(made));

export const variableOf = (call: Call): string | null => call.allocation?.result.variable ?? null;

/** Memory that the function itself makes and gives back as what it is not, where nothing else is in the variable. */
export function freedOtherwise(
  calls: readonly Call[],
  text: string,
): readonly { readonly made: number; readonly freed: Call }[] {
  return calls.flatMap((freed, index) => {
    const variable = freed.arguments[0]?.text;
    if (variable === undefined || !freesOneKind(freed)) return [];
    const made = calls.findIndex((call) => variableOf(call) === variable && isWrong(call, freed));
    if (made === -1 || made > index || text.includes("is_vmalloc_addr")) return [];
    if (!/^\w+$/.test(variable) && choosesBetween(calls, freed, variable)) return [];
    const writes = text.matchAll(new RegExp(`(?:^|[^\\w>.])${escaped(variable)}\\s*=(?!=|\\s*NULL\\s*[;,])`, "g"));
    const wrong = calls.filter((call) => variableOf(call) === variable && isWrong(call, freed));
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
