import { Message } from "vscode-languageserver";

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

/** The JSON of a message; what is text in it stands as it is. */
export function messageText(message: Message): string {
  const written = writtenIn(message);
  if (written === null) return JSON.stringify(message);
  const [field, { text }] = written;
  return `${JSON.stringify({ ...message, [field]: undefined }).slice(0, -1)},"${field}":${text}}`;
}

/** The message with objects in the place of text. */
export function asObjects(message: Message): Message {
  const written = writtenIn(message);
  return written === null ? message : { ...message, [written[0]]: written[1].toJSON() };
}

/** What of a message is text already: the answer of a request, or the parameters of a notification. */
function writtenIn(message: Message): readonly ["result" | "params", Written] | null {
  if (Message.isResponse(message)) return message.result instanceof Written ? ["result", message.result] : null;
  return Message.isNotification(message) && message.params instanceof Written ? ["params", message.params] : null;
}
