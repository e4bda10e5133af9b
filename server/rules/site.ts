import type { Api } from "../model/apis/api.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { WrittenMask } from "../model/masks/mask-scope.ts";
import type { AllocationRequest, Verdict } from "../model/request.ts";
import type { Anchor, RuleFix, Subject } from "./rule.ts";

/**
 * A place where memory is asked for, whatever it stands in: a request of the policy language, options of a command
 * line, a call in C, an entry of a kernel log. It says what is asked of the kernel, which text of its own stands for
 * what a rule is about, and what edits carry out a fix. `Place` is how it names its text, `Edit` how it changes it.
 */
export interface Site<Place, Edit> {
  /**
   * What is asked of this kernel. None: the kernel has no such call. More than one: the site leaves open what is asked
   * (the context is not proven, the size has a range), and only what is true of every one is said. They differ in what
   * is open, not in their text.
   */
  readonly asked: (kernel: Kernel) => readonly Asked[];
  /** The call as a whole: where a rule that failed is reported. */
  readonly whole: Place;
  /** The text that an anchor of a match stands for; null where there is none to mark, and then nothing is said here. */
  readonly placeOf: (anchor: Anchor, kernel: Kernel) => Place | null;
  /** Whether the text at that place says more than what the anchor is about, so that it is not the whole of it. */
  readonly saysMore: (anchor: Anchor, kernel: Kernel) => boolean;
  /** The edits that carry out a fix; null, or none, where the text does not allow it, and then it is not offered. */
  readonly editsOf: (fix: RuleFix, kernel: Kernel) => readonly Edit[] | null;
}

/** One request, and what the kernel's rules may know of the code around it. */
export interface Asked extends Pick<Subject, "result" | "hasFallback"> {
  readonly request: AllocationRequest;
  /** The function of the request, where the model does not list it and the site knows what it does. */
  readonly api?: Api;
  /** What the model says of the request, where the site has asked already. */
  readonly verdict?: () => Verdict;
  /** Null: no mask is written. Where only its number is known: no names. */
  readonly written: WrittenMask | null;
  /** Every part of the mask is known; where it is not, nothing is said but of its names. */
  readonly isMaskKnown: boolean;
}
