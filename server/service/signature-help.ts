import type { RequestDeclaration } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import { apiNamed } from "../model/apis.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { resolveRequest } from "../policy-language/requests/requests.ts";
import { describeName } from "./hover.ts";
import { regionAt } from "./regions.ts";

/** A function as it is called, and which of its parameters is being written. */
export interface SignatureHelp {
  /** `nested(gfp)`, or a prototype in C. */
  readonly label: string;
  /** The parameters, as stretches of the label. */
  readonly parameters: readonly { readonly start: number; readonly end: number }[];
  /** Null: none of them. */
  readonly active: number | null;
  /** Markdown. */
  readonly documentation: string | null;
}

/** After these characters an editor asks by itself. */
export const SIGNATURE_TRIGGERS: readonly string[] = ["("];

/** The transform whose argument an offset stands in, else the function of the request around it; else null. */
export function signatureAt(workspace: Workspace, uri: string, offset: number): SignatureHelp | null {
  const environment = environmentOf(workspace, uri);
  const placed = environment === null ? null : regionAt(environment.file, Math.max(0, offset - 1));
  if (environment === null || placed === null) return null;
  const before = placed.region.text.slice(0, offset - placed.start);
  return (
    transformSignature(environment, before) ??
    (placed.region.item?.kind === "request"
      ? apiSignature(environment, placed.region.item, offset - placed.start)
      : null)
  );
}

/** The transform of the innermost parenthesis that is open at the end of a text. */
function transformSignature(environment: Environment, before: string): SignatureHelp | null {
  const name = openCall(before);
  const declaration = name === null ? undefined : environment.lookup("mask", name)?.declaration;
  if (name === null || declaration?.kind !== "transform") return null;
  const parameter = declaration.parameter?.text ?? "gfp";
  return {
    label: `${name}(${parameter})`,
    parameters: [{ start: name.length + 1, end: name.length + 1 + parameter.length }],
    active: 0,
    documentation: describeName("mask", name, environment),
  };
}

/** Longer texts before the cursor are not looked through for a parenthesis. */
const LONGEST_CALL = 2000;

function openCall(before: string): string | null {
  let depth = 0;
  for (let at = before.length - 1; at >= Math.max(0, before.length - LONGEST_CALL); at -= 1) {
    const char = before[at];
    if (char === ")") depth += 1;
    if (char === "{" || char === "}") return null;
    if (char !== "(") continue;
    if (depth === 0) return /([A-Za-z_]\w*)\s*$/.exec(before.slice(0, at))?.[1] ?? null;
    depth -= 1;
  }
  return null;
}

/** The prototype of the request's function, with the parameter that the property around the offset stands for. */
function apiSignature(environment: Environment, request: RequestDeclaration, offset: number): SignatureHelp | null {
  const property = request.properties.findLast(({ start }) => start <= offset);
  const { api } = resolveRequest(environment, request);
  if (api === null || property === undefined) return null;
  const { signature: label } = api;
  const open = label.indexOf("(");
  const close = label.lastIndexOf(")");
  const parameters: { readonly start: number; readonly end: number }[] = [];
  let start = open + 1;
  for (const part of label.slice(open + 1, close).split(",")) {
    const lead = part.length - part.trimStart().length;
    parameters.push({ start: start + lead, end: start + part.trimEnd().length });
    start += part.length + 1;
  }
  const wanted = PARAMETERS[property.kind];
  const active =
    wanted === undefined ? -1 : parameters.findIndex((each) => wanted.test(label.slice(each.start, each.end)));
  return {
    label,
    parameters,
    active: active < 0 ? null : active,
    documentation: apiNamed(api.name) === null ? null : describeName("api", api.name, environment),
  };
}

/** How the parameter of a prototype is known that a property stands for. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  flags: /\bgfp_t\b/,
  order: /\border\b/,
  size: /\b(?:size|len|bytes|sizeof|new_n)\w*$|size_t/,
  pages: /\b(?:nr_pages|count|end)$/,
  count: /\b(?:n|nr|count|nr_pages|nr_elems|new_n)$/,
  node: /\b(?:nid|node|preferred_nid)$/,
  align: /\balign\w*$/,
};
