/** A header is a few dozen bytes; what is longer and has no end is none. */
const LONGEST_HEADER_BYTES = 4096;
/** No message of an editor is longer: the whole text of a document is at most a tenth. */
const LONGEST_BODY_BYTES = 512 * 1024 * 1024;

/**
 * Follows the headers of the messages on a stream, and says what is broken: behind a wrong length nothing can be read
 * any more, and a server that waits for it would be silent for good.
 */
export class Framing {
  /** Of a header that has not come to its end. */
  #header = "";
  /** Bytes of the body that are still to come. */
  #body = 0;

  /** Takes the next bytes; null while all is well, or what is broken, in words. */
  follow(chunk: Uint8Array): string | null {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const taken = Math.min(this.#body, chunk.length - at);
        this.#body -= taken;
        at += taken;
        continue;
      }
      this.#header += String.fromCharCode(chunk[at] ?? 0);
      at += 1;
      if (this.#header.length > LONGEST_HEADER_BYTES) return "a header does not come to its end";
      if (!this.#header.endsWith("\r\n\r\n")) continue;
      const length = lengthIn(this.#header);
      if (typeof length === "string") return length;
      this.#header = "";
      this.#body = length;
    }
    return null;
  }
}

/** The length of the body that a header announces, or what is wrong with it. */
function lengthIn(header: string): number | string {
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
