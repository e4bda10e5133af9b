/** An explanation in Markdown, of the text between two offsets of the file. */
export interface Explanation {
  readonly markdown: string;
  readonly start: number;
  readonly end: number;
}
