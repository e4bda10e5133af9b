/** A sentence about what a call does, with the kernel function that does it. */
export interface Note {
  readonly text: string;
  readonly evidence: string;
}
