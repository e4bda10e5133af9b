import type { Item, Span } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { referencesAt, type Reference } from "./references.ts";

/** What a lens over a declaration does. */
export const LENS_COMMANDS = ["explain", "simulate", "compare", "matrix", "run", "uses"] as const;
export type LensCommand = (typeof LENS_COMMANDS)[number];

/** A lens over the name of a declaration. */
export interface Lens extends Span {
  readonly command: LensCommand;
  readonly name: string;
}

/**
 * The lenses of a file, in order, at most `limit`: what each request comes to and what changes with the kernel, the
 * matrix of a policy, the run of what is expected, and the uses, which are counted when a lens is shown.
 */
export function lensesOf(workspace: Workspace, uri: string, limit: number): readonly Lens[] {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return [];
  const { file } = environment;
  const lenses: Lens[] = [];
  for (const [index, { item }] of file.regions.entries()) {
    if (lenses.length >= limit) break;
    const start = file.starts[index];
    if (item === null || start === undefined || !("name" in item) || item.name === null) continue;
    const at = { start: start + item.name.start, end: start + item.name.end, name: item.name.text };
    for (const command of COMMANDS[item.kind] ?? [])
      if (command !== "simulate" || canSimulate(environment, item)) lenses.push({ ...at, command });
    if (item.kind === "request" && item.properties.some(({ kind }) => kind === "expect"))
      lenses.push({ ...at, command: "run" });
  }
  return lenses.slice(0, limit);
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

/** There is a state to run a request on, or the expectation speaks of one. */
function canSimulate(environment: Environment, item: Item): boolean {
  if (item.kind === "expect") return item.form?.kind === "facts" && item.form.on !== null;
  return environment.visible("memory").length > 0;
}

/** The uses of the declared name at an offset, without its declaration: what a lens counts. */
export function lensUses(workspace: Workspace, uri: string, offset: number): readonly Reference[] {
  return referencesAt(workspace, uri, offset).filter(({ declares }) => !declares);
}
