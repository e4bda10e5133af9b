import { apiNamed } from "../model/apis.ts";
import type { ApiFamily } from "../model/apis/api.ts";
import { apiOf, type Call } from "./call.ts";

/** What gives memory back, and which kinds of memory it cannot take: include/linux/slab.h, mm/util.c, mm/vmalloc.c. */
const REFUSES: ReadonlyMap<string, readonly (ApiFamily | "devm")[]> = new Map([
  ["kfree", ["kvmalloc", "vmalloc", "percpu", "dma", "devm"]],
  ["kfree_sensitive", ["kvmalloc", "vmalloc", "percpu", "dma", "devm"]],
  ["kvfree", ["percpu", "dma", "devm"]],
  ["vfree", ["slab", "slab-cache", "percpu", "dma"]],
]);

/** Whether it gives memory back that can be of the wrong kind. */
export const freesOneKind = (call: Call): boolean => REFUSES.has(call.name);

/** What kind of memory a call gives, as far as it matters who frees it. */
function kindOf(call: Call): ApiFamily | "devm" | null {
  const name = apiOf(call);
  if (call.allocation?.through != null) return null;
  return name.startsWith("devm_") ? "devm" : (apiNamed(name)?.family ?? null);
}

export const isWrong = (made: Call, freed: Call): boolean => {
  const kind = kindOf(made);
  return kind !== null && REFUSES.get(freed.name)?.includes(kind) === true;
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export const variableOf = (call: Call): string | null => call.allocation?.result.variable ?? null;

/** Memory that the function itself makes and gives back as what it is not, where nothing else is in the variable. */
export function freedOtherwise(
  calls: readonly Call[],
  text: string,
): readonly { readonly made: number; readonly freed: Call }[] {
  return calls.flatMap((freed, index) => {
    const variable = freed.arguments[0]?.text;
    if (variable === undefined || !REFUSES.has(freed.name)) return [];
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
