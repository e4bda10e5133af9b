import type { Writable } from "node:stream";
import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-languageserver/node";
import { messagePieces, partText, type Part } from "./written.ts";

const headerOf = (bytes: number): string => `Content-Length: ${bytes}\r\n\r\n`;

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
      const done = (error?: Error | null): void => {
        if (error === undefined || error === null) {
          resolve();
          return;
        }
        this.#errors += 1;
        this.fireError(error, message, this.#errors);
        reject(error);
      };
      const pieces = messagePieces(message);
      if (pieces.every((piece) => typeof piece === "string")) {
        // Nearly all of them: one text, that goes out at once.
        const text = pieces.join("");
        this.#stream.write(`${headerOf(Buffer.byteLength(text, "utf8"))}${text}`, "utf8", done);
        return;
      }
      const body = this.#body(pieces);
      this.#stream.cork();
      this.#stream.write(headerOf(body.reduce((sum, { byteLength }) => sum + byteLength, 0)), "ascii");
      for (const bytes of body.slice(0, -1)) this.#stream.write(bytes);
      this.#stream.write(body.at(-1) ?? new Uint8Array(), done);
      this.#stream.uncork();
    });
  }

  end(): void {
    this.#stream.end();
  }

  #body(pieces: readonly (string | Part)[]): readonly Uint8Array[] {
    const body: Uint8Array[] = [];
    let between = "";
    for (const piece of pieces) {
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
