import type { Finding, Fix, TextEdit } from "../rules/finding.ts";
import type { Call } from "./functions/call.ts";
import type { Confidence, Step } from "./evidence.ts";

/** What is wrong with a call in C. Offsets are UTF-16, of the file. */
export interface CFinding extends Pick<Finding, "rule" | "severity" | "message" | "tag"> {
  /** The index of the file among those that were judged, and its path. */
  readonly file: number;
  readonly path: string;
  readonly function: string;
  readonly start: number;
  readonly end: number;
  /** The call, without spaces: what a baseline knows it by. */
  readonly call: string;
  /** The mask as it is written; empty: there is none. */
  readonly maskText: string;
  readonly confidence: Confidence;
  /** It is wrong wherever it stands: the context decides nothing. */
  readonly isAnywhere: boolean;
  /** What proves the context, and what the call stands for, in order. */
  readonly proof: readonly Step[];
  readonly fixes: readonly Fix<TextEdit>[];
  readonly advice: string;
}

/** A call without spaces. */
export const callText = (call: Call): string =>
  `${call.name}(${call.arguments.map(({ text }) => text.replace(/\s+/g, "")).join(",")})`;
