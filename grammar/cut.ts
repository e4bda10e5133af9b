/** Takes a piece of a text. */
export type Cut = (text: string, start: number, end: number) => string;

/** As engines do: the piece refers to the text, and keeps all of it. For pieces of a text that is kept anyway. */
export const slice: Cut = (text, start, end) => text.slice(start, end);

/** V8 copies what is shorter. */
const SHORTEST_REFERENCE = 13;

/** A copy, for what outlives its text: each declaration that is typed in would keep the file as it was then. */
export const copy: Cut = (text, start, end) =>
  end - start < SHORTEST_REFERENCE ? text.slice(start, end) : ` ${text.slice(start, end)}`.slice(1);
