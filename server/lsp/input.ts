import type { Readable } from "node:stream";
import {
  AbstractMessageReader,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
} from "vscode-languageserver/node";
import { Framing } from "./framing.ts";

/** Reads messages from a stream, each as soon as its last byte is there. */
export class InputReader extends AbstractMessageReader implements MessageReader {
  readonly #stream: Readable;
  readonly #onBroken: (what: string) => void;

  /** `onBroken` is told, in words, what is wrong with a header: nothing can be read any more. */
  constructor(stream: Readable, onBroken: (what: string) => void) {
    super();
    this.#stream = stream;
    this.#onBroken = onBroken;
  }

  listen(deliver: DataCallback): Disposable {
    const framing = new Framing();
    const receive = (chunk: Buffer): void => {
      const broken = framing.follow(chunk, (body) => this.#read(body, deliver));
      if (broken !== null) this.#onBroken(broken);
    };
    this.#stream.on("data", receive);
    this.#stream.on("error", (error) => this.fireError(error));
    this.#stream.on("close", () => this.fireClose());
    return { dispose: () => void this.#stream.off("data", receive) };
  }

  #read(body: Buffer, deliver: DataCallback): void {
    let message: Message;
    try {
      message = JSON.parse(body.toString("utf8"));
    } catch (error) {
      this.fireError(error);
      return;
    }
    deliver(message);
  }
}
