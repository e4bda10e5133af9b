/**
 * One thing that a file expects, for a test explorer. `Range` is a stretch of the file: offsets in the server, lines
 * and characters between server and client.
 */
export interface Expectation<Range> {
  /** Unique in the file, and the same for as long as declaration and label are. */
  readonly id: string;
  /** As written: `mode fast`, `forbids __GFP_NOFAIL`, `on fragmented: succeeds`. */
  readonly label: string;
  readonly range: Range;
  /** The request, policy or transform that it speaks of. */
  readonly declaration: string;
  /** The name of that declaration; null where it stands in another file, or nowhere. */
  readonly declarationRange: Range | null;
  readonly state: "passed" | "failed" | "not-decided";
  /** Why it does not hold, or is not decided; null where it holds. */
  readonly message: string | null;
  /** What it took to decide it, by the server's clock; of several that are decided in one go, each has its share. */
  readonly durationMs: number;
}
