import { Message, ParameterStructures, RequestType, type CancellationToken } from "vscode-languageserver";
import type { Server } from "./feature.ts";
import { guarded } from "./guard.ts";

/**
 * An answer that is JSON text already: what was kept as text is not made into text again. A channel that takes objects
 * gets what it says.
 */
export class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** The JSON of a message, with an answer that is text as it is. */
export function messageText(message: Message): string {
  if (!Message.isResponse(message)) return JSON.stringify(message);
  const { result, ...rest }: { readonly result?: unknown } = message;
  if (!(result instanceof Written)) return JSON.stringify(message);
  return `${JSON.stringify(rest).slice(0, -1)},"result":${result.text}}`;
}

/** The message with an answer that is text as the objects that it says. */
export function asObjects(message: Message): Message {
  return Message.isResponse(message) && message.result instanceof Written
    ? { ...message, ...{ result: message.result.toJSON() } }
    : message;
}

/** Answers a request of the protocol with text. */
export function onWritten<Params>(
  { connection, log }: Server,
  method: string,
  handle: (params: Params, token: CancellationToken) => Written | Promise<Written>,
): void {
  const type = new RequestType<Params, Written, never>(method, ParameterStructures.byName);
  connection.onRequest(type, guarded(log, method, handle));
}
