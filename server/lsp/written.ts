import { Message } from "./library.ts";

/**
 * A stretch of the entries of an array in JSON that is sent again and again: the same object for as long as nothing in
 * it is different, so that who sends it may keep it as bytes. There is at least one text in it.
 */
export interface Part {
  readonly texts: readonly string[];
}

/** As it stands behind others. */
export function partText({ texts }: Part): string {
  return `,${texts.join(",")}`;
}

/**
 * An answer that is JSON text already: what was kept as text is not made into text again. A channel that takes objects
 * gets what it says.
 */
export class Written {
  readonly pieces: readonly (string | Part)[];

  constructor(...pieces: readonly (string | Part)[]) {
    this.pieces = pieces;
  }

  /** An array of parts. */
  static array(parts: readonly Part[]): Written {
    return new Written(...piecesOf("[", parts, "]"));
  }

  get text(): string {
    return this.pieces.map((piece) => (typeof piece === "string" ? piece : partText(piece))).join("");
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** Parts that make up an array, and what stands around its entries. */
export function piecesOf(before: string, parts: readonly Part[], behind: string): readonly (string | Part)[] {
  const [first, ...others] = parts;
  return first === undefined ? [before + behind] : [before + partText(first).slice(1), ...others, behind];
}

/** So many units of text, or a few more, make a part; what is left over of fewer than half goes to the one before. */
const PART_LENGTH = 8192;

/** Texts as parts; those of an earlier list serve again wherever they say the same, before and behind an edit. */
export function inParts(texts: readonly string[], before: readonly Part[] = []): readonly Part[] {
  const byFirst = new Map(before.map(({ texts: [first] }, index) => [first, index]));
  /** What follows the part that served last. */
  let next = 0;
  const partAt = (at: number): Part | undefined => {
    if (standsAt(before[next], texts, at)) return before[next++];
    const index = byFirst.get(texts[at]);
    if (index === undefined || !standsAt(before[index], texts, at)) return undefined;
    next = index + 1;
    return before[index];
  };
  const parts: Part[] = [];
  let current: string[] = [];
  let length = 0;
  let isLastNew = false;
  const end = (): void => {
    const last = isLastNew && length < PART_LENGTH / 2 ? parts.pop() : undefined;
    if (last !== undefined || current.length > 0) parts.push({ texts: [...(last?.texts ?? []), ...current] });
    isLastNew = true;
    current = [];
    length = 0;
  };
  for (let at = 0; at < texts.length; ) {
    const known = partAt(at);
    if (known !== undefined) {
      end();
      parts.push(known);
      isLastNew = false;
      at += known.texts.length;
      continue;
    }
    const text = texts[at] ?? "";
    current.push(text);
    length += text.length;
    at += 1;
    if (length >= PART_LENGTH) end();
  }
  end();
  return parts;
}

function standsAt(part: Part | undefined, texts: readonly string[], at: number): boolean {
  return part?.texts.every((text, i) => text === texts[at + i]) ?? false;
}

/** The JSON of a message in pieces; what is text in it stands as it is. */
export function messagePieces(message: Message): readonly (string | Part)[] {
  const written = writtenIn(message);
  if (written === null) return [JSON.stringify(message)];
  const [field, { pieces }] = written;
  return [`${JSON.stringify({ ...message, [field]: undefined }).slice(0, -1)},"${field}":`, ...pieces, "}"];
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
