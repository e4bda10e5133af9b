/**
 * What a name or a value stands for where the grammar has one. The parser labels its tokens with these, so that whoever
 * asks what may stand at an offset (`expected.ts`) learns not only that a name is wanted but of what.
 */
const NAME_ROLES = [
  /** A name that the author makes up. */
  "declared",
  "mask",
  "api",
  "context",
  "lock",
  "scope",
  "zone",
  "option",
  "option-value",
  "version",
  /** The declaration that an expectation speaks about. */
  "subject",
  "request",
  /** A request, or `none`. */
  "fallback",
  "policy",
  "memory",
  "rule",
  "fact",
  "fact-value",
  "effect",
  "effect-value",
  "watermark",
  /** A mode of a policy that a request is bound to. */
  "mode",
  /** The rest of a version or of a rule's name, of which the first token stood for all. */
  "rest",
  /** The comma of a list: without it the list does not go on. */
  "separator",
] as const;

export type NameRole = (typeof NAME_ROLES)[number];

const ROLES: ReadonlySet<string> = new Set(NAME_ROLES);

/** Narrows a label of the grammar; null for one that is no role. */
export function roleOf(label: string | undefined): NameRole | null {
  return label !== undefined && isRole(label) ? label : null;
}

function isRole(label: string): label is NameRole {
  return ROLES.has(label);
}

interface Label {
  readonly LABEL: NameRole;
}

const label = (role: NameRole): Label => ({ LABEL: role });

/** The labels as Chevrotain takes them, made once. */
export const AS = {
  declared: label("declared"),
  mask: label("mask"),
  api: label("api"),
  context: label("context"),
  lock: label("lock"),
  scope: label("scope"),
  zone: label("zone"),
  option: label("option"),
  optionValue: label("option-value"),
  version: label("version"),
  subject: label("subject"),
  request: label("request"),
  fallback: label("fallback"),
  policy: label("policy"),
  memory: label("memory"),
  rule: label("rule"),
  fact: label("fact"),
  factValue: label("fact-value"),
  effect: label("effect"),
  effectValue: label("effect-value"),
  watermark: label("watermark"),
  mode: label("mode"),
  rest: label("rest"),
  separator: label("separator"),
} as const;
