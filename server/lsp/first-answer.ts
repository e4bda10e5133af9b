import type { InitializeResult } from "vscode-languageserver";
import { abilitiesOf } from "./abilities.ts";
import type { AbilitiesThatCount } from "./feature.ts";
import { initializeParams, isObject } from "./initialize-params.ts";

/** What the server answers to `initialize`, by what of the client's abilities changes it. */
export type InitializeResults = readonly {
  readonly abilities: AbilitiesThatCount;
  readonly result: InitializeResult;
}[];

/** A message, and where it ends in the bytes. */
interface Framed {
  readonly message: unknown;
  readonly end: number;
}

const LONGEST_HEADER_BYTES = 4096;
const LONGEST_BODY_BYTES = 1024 * 1024;
const NONE: Framed = { message: null, end: 0 };

/** The first message of a stream; null as the message when what comes is none, or too long to be worth the wait. */
export function firstMessage(bytes: Buffer): Framed | "incomplete" {
  const head = bytes.indexOf("\r\n\r\n");
  if (head < 0) return bytes.length > LONGEST_HEADER_BYTES ? NONE : "incomplete";
  const [, length] = /^content-length: *(\d+) *$/im.exec(bytes.toString("latin1", 0, head)) ?? [];
  const end = head + 4 + Number(length);
  if (end > LONGEST_BODY_BYTES) return NONE;
  if (bytes.length < end) return "incomplete";
  try {
    return { message: JSON.parse(bytes.toString("utf8", head + 4, end)), end };
  } catch {
    return NONE;
  }
}

export interface FirstAnswer {
  readonly jsonrpc: "2.0";
  readonly id: number | string;
  readonly result: InitializeResult;
}

/** The answer to a message that is `initialize`; null for any other. */
export function firstAnswer(message: unknown, results: InitializeResults): FirstAnswer | null {
  if (!isObject(message) || message.method !== "initialize") return null;
  const { id, params } = message;
  if (typeof id !== "number" && typeof id !== "string") return null;
  const { pullsDiagnostics, workspaceFolders } = abilitiesOf(initializeParams(params).capabilities);
  const found = results.find(
    ({ abilities }) =>
      abilities.pullsDiagnostics === pullsDiagnostics && abilities.workspaceFolders === workspaceFolders,
  );
  return found === undefined ? null : { jsonrpc: "2.0", id, result: found.result };
}
