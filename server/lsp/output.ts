import type { Writable } from "node:stream";
import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-languageserver/node";
import { messagePieces, partText, type Part } from "./written.ts";

/** Writes messages to a stream, the parts of their text as the bytes that they were when they were written last. */
export class OutputWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #stream: Writable;
  readonly #bytes = new WeakMap<Part, Uint8Array>();
  #errors = 0;

  constructor(stream: Writable) {
    super();
    this.#stream = stream;
    stream.on("error", (error) => this.fireError(error));
    stream.on("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      const body = this.#body(message);
      const length = body.reduce((sum, { byteLength }) => sum + byteLength, 0);
      this.#stream.cork();
      this.#stream.write(`Content-Length: ${length}\r\n\r\n`, "ascii");
      for (const bytes of body.slice(0, -1)) this.#stream.write(bytes);
      this.#stream.write(body.at(-1) ?? new Uint8Array(), (error) => {
        if (error === undefined || error === null) return resolve();
        this.#errors += 1;
        this.fireError(error, message, this.#errors);
        reject(error);
      });
      this.#stream.uncork();
    });
  }

  end(): void {
    this.#stream.end();
  }

  #body(message: Message): readonly Uint8Array[] {
    const body: Uint8Array[] = [];
    let between = "";
    for (const piece of messagePieces(message)) {
      if (typeof piece === "string") {
        between += piece;
        continue;
      }
      if (between !== "") body.push(Buffer.from(between, "utf8"));
      between = "";
      body.push(this.#bytesOf(piece));
    }
    if (between !== "") body.push(Buffer.from(between, "utf8"));
    return body;
  }

  #bytesOf(part: Part): Uint8Array {
    const known = this.#bytes.get(part);
    if (known !== undefined) return known;
    const bytes = Buffer.from(partText(part), "utf8");
    this.#bytes.set(part, bytes);
    return bytes;
  }
}
