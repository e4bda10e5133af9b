import type { RequestDeclaration } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { MaskValue } from "../../model/masks/evaluation/mask-value.ts";
import type { Span, TextEdit } from "../../rules/finding.ts";
import { maskEdits } from "../../rules/mask-edits.ts";
import type { RuleFix } from "../../rules/rule.ts";
import type { Written } from "./properties.ts";
import type { ResolvedRequest } from "./requests.ts";

/** What a fix is written into: one request, with the text of its region. */
export interface EditedRequest {
  readonly kernel: Kernel;
  readonly text: string;
  readonly request: ResolvedRequest;
  readonly value: MaskValue | null;
}

/**
 * The edits that carry out a fix in a request. Null where it can't be written into this text: what is inherited stays.
 */
export function requestEdits(at: EditedRequest, fix: RuleFix): readonly TextEdit[] | null {
  const { kernel, request, value } = at;
  switch (fix.kind) {
    case "remove-argument":
      return removeProperty(at.text, fix.argument === "size" ? (request.size?.written ?? null) : request.flags);
    case "remove-result-check":
      return removeProperty(at.text, request.handles);
    case "add-result-check":
      return setHandles(at, "null");
    case "replace-api": {
      const written = request.apiWritten;
      const api = written === null || written.inheritedFrom !== null ? null : written.property.api;
      return api === null ? null : [{ start: api.start, end: api.end, text: fix.api }];
    }
    default: {
      const isOwn = request.flags !== null && request.flags.inheritedFrom === null;
      return isOwn && request.mask !== null && value !== null
        ? maskEdits(kernel, request.mask, value, fix, { text: at.text, from: 0 })
        : null;
    }
  }
}

function removeProperty(text: string, written: Written | null): readonly TextEdit[] | null {
  return written === null || written.inheritedFrom !== null
    ? null
    : [{ ...wholeLine(text, written.property), text: "" }];
}

/** The property with its line, where it stands alone on one; else with the blanks before it. */
export function wholeLine(text: string, span: Span): Span {
  let start = span.start;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  let end = span.end;
  while (text[end] === " " || text[end] === "\t" || text[end] === ";") end++;
  const alone = (start === 0 || text[start - 1] === "\n") && (text[end] === "\n" || text[end] === "\r");
  if (!alone) return { start, end: span.end };
  if (text[end] === "\r") end++;
  return { start, end: end + 1 };
}

function setHandles(at: EditedRequest, value: "null"): readonly TextEdit[] | null {
  const { handles, declaration } = at.request;
  if (handles === null || handles.inheritedFrom !== null)
    return insertProperty(at.text, declaration, `handles ${value}`);
  const { start, end } = handles.property.value;
  return [{ start, end, text: value }];
}

/** A new property behind the last one, on a line of its own where the request has lines. */
export function insertProperty(
  text: string,
  declaration: RequestDeclaration,
  property: string,
): readonly TextEdit[] | null {
  const last = declaration.properties.at(-1);
  if (last === undefined) return null;
  const lineStart = text.lastIndexOf("\n", last.start - 1) + 1;
  const indent = text.slice(lineStart, last.start);
  const separator = /^[ \t]*$/.test(indent) ? `\n${indent}` : "  ";
  return [{ start: last.end, end: last.end, text: `${separator}${property}` }];
}
