/** A header is a few dozen bytes; what is longer and has no end is none. */
const LONGEST_HEADER_BYTES = 4096;
/** No message of an editor is longer: the whole text of a document is at most a tenth. */
const LONGEST_BODY_BYTES = 512 * 1024 * 1024;

const HEADER_END = "\r\n\r\n";

/**
 * Parts the messages on a stream, and says what is broken: behind a wrong length nothing can be read any more, and a
 * server that waits for it would be silent for good.
 */
export class Framing {
  /** Of a header that has not come to its end. */
  #header = "";
  /** What has come of a body, and how many bytes of it are still to come; null: a header is. */
  #body: { readonly pieces: Buffer[]; missing: number } | null = null;

  /**
   * Takes the next bytes; null while all is well, or what is broken, in words.
   * @param take is given the body of each message that is whole now
   */
  follow(chunk: Buffer, take: (body: Buffer) => void): string | null {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body === null) {
        // With one byte more than there may be: what has no end by then is too long.
        const header = this.#header + chunk.toString("latin1", at, at + LONGEST_HEADER_BYTES + 1);
        const end = header.indexOf(HEADER_END);
        const length = end < 0 ? header.length : end + HEADER_END.length;
        if (length > LONGEST_HEADER_BYTES) return "a header does not come to its end";
        at += length - this.#header.length;
        this.#header = end < 0 ? header : "";
        if (end < 0) continue;
        const bytes = lengthIn(header.slice(0, length));
        if (typeof bytes === "string") return bytes;
        this.#body = { pieces: [], missing: bytes };
      }
      const piece = chunk.subarray(at, at + this.#body.missing);
      at += piece.length;
      this.#body.pieces.push(piece);
      this.#body.missing -= piece.length;
      if (this.#body.missing > 0) continue;
      const { pieces } = this.#body;
      this.#body = null;
      take(pieces.length === 1 ? piece : Buffer.concat(pieces));
    }
    return null;
  }
}

/** The length of the body that a header announces, or what is wrong with it. */
function lengthIn(header: string): number | string {
  const [, plain] = /^Content-Length: (\d{1,9})\r\n\r\n$/.exec(header) ?? [];
  if (plain !== undefined && Number(plain) <= LONGEST_BODY_BYTES) return Number(plain);
  const lines = header.split("\r\n").filter((line) => line !== "");
  const wrong = lines.find((line) => !/^[\w-]+:/.test(line));
  if (wrong !== undefined) return `'${shown(wrong)}' is no line of a header`;
  const [, text] = /^content-length:(.*)$/im.exec(lines.join("\n")) ?? [];
  if (text === undefined) return "a header has no Content-Length";
  const length = Number(text.trim());
  if (!/^\s*\d+\s*$/.test(text) || length > LONGEST_BODY_BYTES) return `'${shown(text.trim())}' is no Content-Length`;
  return length;
}

const shown = (text: string): string => text.slice(0, 60).replace(/[^ -~]/g, "?");
