import type { PolicyDeclaration, RequestDeclaration } from "../../../grammar/ast.ts";
import type { Expected } from "../../../grammar/index.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Environment, NameSpace } from "../../policy-language/analysis/environment.ts";
import { type ResolvedRequest, resolveRequest } from "../../policy-language/requests/requests.ts";
import { type OfferedName, declaredIn } from "../declared.ts";
import type { Completion } from "./items.ts";

/** So many items are shown; more typing brings the others. */
export const MOST_ITEMS = 300;

/** The letters typed, in lower case, stand in the label in their order, in any case. */
export function fits(label: string, typed: string): boolean {
  return hasInOrder(label.toLowerCase(), typed);
}

/** The same of what is in lower case already. */
export function hasInOrder(text: string, typed: string): boolean {
  let at = 0;
  for (let i = 0; i < typed.length; i += 1) {
    const found = text.indexOf(typed.charAt(i), at);
    if (found < 0) return false;
    at = found + 1;
  }
  return true;
}

/** What stands around the cursor, and what the parser wants there. */
export interface Offer {
  readonly workspace: Workspace;
  readonly environment: Environment;
  /** The declaration that the cursor stands in or behind, and its place in the file. */
  readonly region: Region;
  readonly index: number;
  readonly expected: Expected;
  /** The letters before the cursor, in lower case. */
  readonly typed: string;
}

/** Whether it is offered for what is typed. */
export function fitsTyped(offer: Offer, label: string): boolean {
  return fits(label, offer.typed);
}

/** The word before the one that is typed; empty where none is. */
export function lastWord(offer: Offer): string {
  return offer.expected.words.at(-1) ?? "";
}

/** The word that begins the innermost construct of this kind. */
export function wordOf(offer: Offer, rule: string): string {
  const { around, words } = offer.expected;
  return words[around.findLast((each) => each.rule === rule)?.from ?? words.length] ?? "";
}

/** The request that the cursor stands in, with what it inherits; null elsewhere. */
export function requestAround(
  offer: Offer,
): { readonly declaration: RequestDeclaration; readonly resolved: ResolvedRequest } | null {
  const declaration = offer.region.item;
  return declaration?.kind === "request"
    ? { declaration, resolved: resolveRequest(offer.environment, declaration) }
    : null;
}

/** The names in a space that fit to what is typed, its own held; of very many a few more than are shown. */
export function declaredNames(
  offer: Offer,
  space: NameSpace,
  only: OfferedName["kind"] | null = null,
): readonly (OfferedName & Pick<Completion, "held">)[] {
  const own = offer.region.item;
  const ownName = own !== null && "name" in own ? own.name?.text : undefined;
  const found: (OfferedName & Pick<Completion, "held">)[] = [];
  for (const one of declaredIn(offer.environment, space)) {
    if ((only !== null && one.kind !== only) || !hasInOrder(one.lower, offer.typed)) continue;
    found.push({ ...one, held: one.name === ownName && one.kind === own?.kind });
    if (found.length > MOST_ITEMS) break;
  }
  return found;
}

/** The modes of the policies that bind to the request: the one around, or the one that the expectation names. */
export function modesAround(offer: Offer): readonly string[] {
  const own = offer.region.item;
  const declaration =
    own?.kind === "expect" && own.name !== null ? offer.environment.lookup("subject", own.name.text)?.declaration : own;
  if (declaration?.kind !== "request") return [];
  return resolveRequest(offer.environment, declaration).policies.flatMap(({ declaration: policy }) =>
    policy.kind === "policy" ? modesOf(policy) : [],
  );
}

/** The names of the modes of a policy. */
export function modesOf(policy: PolicyDeclaration): readonly string[] {
  return policy.clauses.flatMap((clause) => (clause.kind === "mode" && clause.name !== null ? [clause.name.text] : []));
}
