/**
 * A text that the tool reads, of one kind: a policy file, later C source or a kernel log. Each kind adds what it has
 * made of the text; whoever knows the kind looks inside, everybody else passes the document on.
 */
export interface Document {
  /** The name of its kind, which no other kind has. */
  readonly kind: string;
  readonly text: string;
}
