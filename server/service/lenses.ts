import type { Item, Span } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { referencesAt, type Reference } from "./references.ts";
import { kept, runsOf, upTo, type Run } from "./runs.ts";

/** What a lens over a declaration does. */
export const LENS_COMMANDS = ["explain", "simulate", "compare", "matrix", "run", "uses"] as const;
export type LensCommand = (typeof LENS_COMMANDS)[number];

/** A lens over the name of a declaration; offsets in its run. */
export interface Lens extends Span {
  readonly command: LensCommand;
  readonly name: string;
}

/**
 * The lenses of a file, in order, at most `limit`: what each request comes to and what changes with the kernel, the
 * matrix of a policy, the run of what is expected, and the uses, which are counted when a lens is shown.
 */
export function lensesOf(workspace: Workspace, uri: string, limit: number): readonly Run<Lens>[] {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return [];
  // There is a state to run a request on.
  const lensesIn = environment.visible("memory").length > 0 ? lensesWithMemory : lensesWithout;
  return runsOf(environment.file, upTo(limit), ({ item }) => (item === null ? [] : lensesIn(item)));
}

const lensesWithMemory = kept((item: Item) => lensesOfItem(item, true));
const lensesWithout = kept((item: Item) => lensesOfItem(item, false));

function lensesOfItem(item: Item, hasMemory: boolean): readonly Lens[] {
  if (!("name" in item) || item.name === null) return [];
  const { start, end, text: name } = item.name;
  // An expectation may speak of a state itself.
  const simulates = item.kind === "expect" ? item.form?.kind === "facts" && item.form.on !== null : hasMemory;
  const commands = (COMMANDS[item.kind] ?? []).filter((command) => command !== "simulate" || simulates);
  const runs = item.kind === "request" && item.properties.some(({ kind }) => kind === "expect");
  return [...commands, ...(runs ? (["run"] as const) : [])].map((command) => ({ start, end, name, command }));
}

const COMMANDS: Readonly<Record<string, readonly LensCommand[]>> = {
  request: ["explain", "simulate", "compare", "uses"],
  policy: ["matrix", "uses"],
  context: ["uses"],
  flags: ["uses"],
  transform: ["uses"],
  memory: ["uses"],
  expect: ["run", "simulate"],
};

/** The uses of the declared name at an offset, without its declaration: what a lens counts. */
export function lensUses(workspace: Workspace, uri: string, offset: number): readonly Reference[] {
  return referencesAt(workspace, uri, offset).filter(({ declares }) => !declares);
}
