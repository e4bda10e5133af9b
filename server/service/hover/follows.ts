import type { Clause, PolicyDeclaration, TransformDeclaration } from "../../../grammar/ast.ts";
import { forbidsEvenNonBlocking, hasMemalloc, isAtomic, LOCK, SCOPE, type Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { mask } from "../../model/masks/mask.ts";
import { maskText } from "../../model/masks/names.ts";
import { applyScopes } from "../../model/masks/properties.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { contextNamed } from "../../policy-language/requests/contexts.ts";
import { evaluateMask } from "../../policy-language/requests/masks.ts";
import { resolveRequest } from "../../policy-language/requests/requests.ts";
import { EFFECTS } from "../descriptions/words.ts";
import { newestKernel } from "../features-of-file.ts";
import { bulleted, code } from "../markdown.ts";

// What follows from a declaration: the part of its hover that its text does not say.

/** What a call may do in a context, and what becomes of its mask; for the newest kernel in force. */
export function contextFollows(name: string, environment: Environment): string {
  const kernel = newestKernel(environment);
  const context = contextNamed(environment, name);
  return kernel === null || context === null ? "" : bulleted(contextLines(kernel, context));
}

function contextLines(kernel: Kernel, context: Context): readonly string[] {
  const lines: string[] = [];
  const forbidden = forbidsEvenNonBlocking(kernel, context);
  if (forbidden !== null) lines.push(`No request may be made here, not even a non-blocking one: ${forbidden.text}.`);
  else if (isAtomic(kernel, context))
    lines.push(
      "A request may not sleep here: write `GFP_NOWAIT`, or `GFP_ATOMIC` where the reserves are worth it, and handle failure.",
    );
  else lines.push("A request may sleep here: `GFP_KERNEL` is fine as far as sleeping goes.");
  const kernelMask = kernel.gfp.KERNEL;
  const scoped = applyScopes(kernel, kernelMask, context.scopes);
  if (scoped !== kernelMask)
    lines.push(
      `The scope takes ${code(maskText(kernel, mask(kernelMask & ~scoped)))} out of every mask: \`GFP_KERNEL\` comes to ${code(maskText(kernel, scoped))}.`,
    );
  if (hasMemalloc(context)) lines.push("PF_MEMALLOC: no request reclaims by itself, and all reserves are open to it.");
  const out = (lock: number, scopes: number): boolean =>
    (context.locks & lock) !== 0 && (context.scopes & scopes) === 0;
  if (out(LOCK.fs_lock, SCOPE.nofs | SCOPE.noio))
    lines.push(
      "Reclaim must stay out of the filesystem, and no scope sees to that: write `GFP_NOFS`, or open a `scope nofs`.",
    );
  if (out(LOCK.io_lock, SCOPE.noio))
    lines.push("Reclaim must start no I/O, and no scope sees to that: write `GFP_NOIO`, or open a `scope noio`.");
  if ((context.locks & LOCK.dma_fence) !== 0)
    lines.push("Reclaim could wait for the fence that this task has to signal: no request may reclaim.");
  return lines;
}

/** What a policy comes to: its modes with what they promise, its stages, and the known requests that it judges. */
export function policyFollows(declaration: PolicyDeclaration, environment: Environment, textOf: TextOf): string {
  const lines = declaration.clauses.flatMap((clause) => clauseLine(clause, textOf));
  const judged = environment.visible("subject").flatMap(({ declaration: other }) => {
    if (other.kind !== "request" || other.name === null) return [];
    const isJudged = resolveRequest(environment, other).policies.some((binding) => binding.declaration === declaration);
    return isJudged ? [code(other.name.text)] : [];
  });
  const rules = declaration.clauses.filter(({ kind }) => kind !== "mode" && kind !== "stage").length;
  return [
    `${rules} ${rules === 1 ? "rule" : "rules"} about masks${declaration.apis.length === 0 ? ", for the requests that name the policy" : ""}.`,
    bulleted(lines),
    judged.length === 0
      ? "It judges no request that is known here."
      : `It judges ${judged.slice(0, MOST_NAMES).join(", ")}${judged.length > MOST_NAMES ? ` and ${judged.length - MOST_NAMES} more` : ""}.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Longer lists are cut. */
const MOST_NAMES = 12;

/** The text of a stretch of the declaration. */
export type TextOf = (start: number, end: number) => string;

function clauseLine(clause: Clause, textOf: TextOf): readonly string[] {
  if (clause.kind === "mode") return [`mode ${code(clause.name?.text ?? "?")} ${modeLine(clause, textOf)}`];
  if (clause.kind === "stage") return [`stage ${code(clause.name?.text ?? "?")} ${stageLine(clause, textOf)}`];
  return [];
}

type Mode = Extract<Clause, { readonly kind: "mode" }>;
type Stage = Extract<Clause, { readonly kind: "stage" }>;

function modeLine({ when, effects }: Mode, textOf: TextOf): string {
  const selected = when === null ? "takes what no other mode does" : `when ${code(textOf(when.start, when.end))}`;
  const promises = effects.map((effect) => code(textOf(effect.start, effect.end)));
  return `${selected}; ${promises.length === 0 ? "promises nothing" : `promises ${promises.join(", ")}`}.`;
}

function stageLine({ honours, internal }: Stage, textOf: TextOf): string {
  const flags = honours.map(({ start, end }) => code(textOf(start, end)));
  return `reads ${flags.length === 0 ? "no flag" : flags.join(", ")}${internal ? "; internal" : ""}.`;
}

/** A mode: when it is selected, and what each of its promises means. */
export function modeFollows(mode: Mode, textOf: TextOf): string {
  const meanings: Readonly<Record<string, { readonly meaning: string }>> = EFFECTS;
  const promises = mode.effects.map((effect) => {
    const meaning = Object.hasOwn(meanings, effect.name.text) ? (meanings[effect.name.text]?.meaning ?? "") : "";
    return `- ${code(textOf(effect.start, effect.end))}: ${meaning}`;
  });
  const line = modeLine(mode, textOf);
  return [line.slice(0, 1).toUpperCase() + line.slice(1), promises.join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** A stage: when it is taken, and what it gives. */
export function stageFollows(stage: Stage, textOf: TextOf): string {
  const line = stageLine(stage, textOf);
  return line.slice(0, 1).toUpperCase() + line.slice(1);
}

/** What a transform makes of the two masks that every reader knows. */
export function transformFollows({ name, parameter }: TransformDeclaration, environment: Environment): string {
  const kernel = newestKernel(environment);
  if (kernel === null || name === null || parameter === null) return "";
  const at = { start: 0, end: 0 };
  const values = ["GFP_KERNEL", "GFP_ATOMIC"].map((text) => {
    const argument = { kind: "name", text, ...at } as const;
    const call = { kind: "call", callee: { text: name.text, ...at }, argument, ...at } as const;
    return { text: `${name.text}(${text})`, value: evaluateMask(environment, kernel, call) };
  });
  if (!values.every(({ value }) => value.certain)) return NOT_READABLE;
  return bulleted(values.map(({ text, value }) => `${code(text)} = ${code(maskText(kernel, value.mask))}`));
}

/** In place of a value, of which nothing is guessed. */
export const NOT_READABLE = "What it comes to is not known: a part of it cannot be read, or is declared nowhere.";
