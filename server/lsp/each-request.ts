import type { DataCallback, Message, MessageReader, MessageWriter, RequestMessage } from "vscode-languageserver";
import { visible } from "../service/visible.ts";
import { isObject } from "./initialize-params.ts";

/** So much of what is no message is shown, in UTF-16 units. */
const SHOWN = 120;

/** What a channel is told when nothing more comes. */
interface Ending {
  /** All that came is still done and answered; then it is as if the client had said `exit`. */
  readonly ended: () => void;
}

/** The two ends of a channel to a client. */
export interface Channel {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/**
 * The same channel, on which every request has an answer of its own, whatever the client sends. The library files
 * requests under their ids as text: of two under one id, or under 5 and "5", it forgets the first; and it throws at
 * what has no id where one must be. So each gets a number of its own on the way in and its client's id back on the way
 * out; what is none of the messages of JSON-RPC is passed over with a word.
 */
export function eachRequest({ reader, writer }: Channel): Channel & Ending {
  const requests = new RequestsInFlight();
  let deliver: DataCallback | null = null;
  let hasEnded = false;
  const exitWhenIdle = (): void => {
    if (hasEnded && requests.isEmpty) deliver?.(messageOf({ method: "exit" }));
  };
  const say = (words: string): void => {
    void write({ method: "window/logMessage", params: { type: 1, message: words } });
  };
  const write = (fields: object): Promise<void> => writer.write(messageOf(fields)).catch(() => {});

  function receive(given: unknown, take: DataCallback): void {
    const fields = isObject(given) ? given : {};
    const { id, method } = fields;
    const isNamed = typeof method === "string";
    if (isNamed && isId(id)) take(messageOf({ ...fields, id: requests.begin(id) }));
    else if (isNamed && id === undefined) notify(method, fields, take);
    else if (method === undefined && isId(id)) take(messageOf({ ...fields, result: fields.result ?? null }));
    else {
      say(`What is no request, notification or answer is passed over: ${shown(given)}`);
      if (isId(id)) void write({ id, error: { code: -32600, message: "The method must be a text." } });
    }
  }

  function notify(method: string, fields: object, take: DataCallback): void {
    if (method !== "$/cancelRequest") {
      take(messageOf(fields));
      return;
    }
    const params: unknown = Reflect.get(fields, "params");
    for (const id of requests.of(isObject(params) ? params.id : null)) take(messageOf({ method, params: { id } }));
  }

  return {
    ended() {
      hasEnded = true;
      exitWhenIdle();
    },
    reader: {
      onError: reader.onError,
      // What has come is answered though nothing more comes.
      onClose: () => ({ dispose: () => {} }),
      onPartialMessage: reader.onPartialMessage,
      listen(take) {
        deliver = take;
        return reader.listen((message) => receive(message, take));
      },
      dispose: () => reader.dispose(),
    },
    writer: {
      onError: writer.onError,
      onClose: writer.onClose,
      async write(message) {
        await writer.write(requests.answered(message));
        exitWhenIdle();
      },
      end: () => writer.end(),
      dispose: () => writer.dispose(),
    },
  };
}

const messageOf = (fields: object): Message => ({ jsonrpc: "2.0", ...fields });

type Id = number | string;

const isId = (id: unknown): id is Id => typeof id === "number" || typeof id === "string";

/** Requests that were not answered yet, by numbers of their own. */
class RequestsInFlight {
  readonly #ids = new Map<number, Id>();
  #last = 0;

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  begin(id: Id): number {
    this.#last += 1;
    this.#ids.set(this.#last, id);
    return this.#last;
  }

  /** The numbers of those that the client knows under this id. */
  of(id: unknown): readonly number[] {
    return [...this.#ids].flatMap(([number, known]) => (known === id ? [number] : []));
  }

  /** An answer under the id that the client knows; any other message as it is. */
  answered(message: Message): Message {
    if (!isAnswer(message) || typeof message.id !== "number") return message;
    const id = this.#ids.get(message.id);
    if (id === undefined) return message;
    this.#ids.delete(message.id);
    return { ...message, ...{ id } };
  }
}

const isAnswer = (message: Message): message is Message & { readonly id: RequestMessage["id"] } =>
  "id" in message && !("method" in message);

function shown(given: unknown): string {
  try {
    const text = JSON.stringify(given) ?? "";
    return visible(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  } catch {
    return "too deep to be shown";
  }
}
