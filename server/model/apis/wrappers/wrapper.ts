import type { Kernel } from "../../kernels/kernel.ts";
import type { CompositeName, FlagName } from "../../masks/mask.ts";
import type { AllocationRequest } from "../../request.ts";
import type { ApiFamily } from "../api.ts";

/**
 * A function that only calls another one, as a line of data. It behaves by the plan and the run of what it calls, with
 * the mask and the size that it hands on; so verdict, simulation, explanation, rules and hovers know it without more.
 * Since when there is such a function, and until when, is said by the releases (`brings`, `drops`).
 */
export interface Wrapper {
  readonly name: string;
  /** The C prototype, for hovers; of the newest version that was read. */
  readonly signature: string;
  /** The function whose allocation decides, of the folder above or of these tables, or those among which it chooses. */
  readonly calls: string | readonly Branch[];
  readonly size: Told;
  /**
   * `parameter`: the caller's mask. `optional`: the caller's, and GFP_KERNEL where none is written. A composite: it
   * takes none, and this is built in. `none`: neither it nor what it calls takes one.
   */
  readonly mask: "parameter" | "optional" | "none" | CompositeName;
  /** Flags that it sets, whatever the caller passes. */
  readonly adds?: FlagsOf;
  /** Flags that it takes out before it calls. */
  readonly removes?: readonly FlagName[];
  /** Flags with which it fails at once, with a WARN_ON_ONCE. */
  readonly refuses?: readonly FlagName[];
  /** It can fail for a reason of its own, with all memory there. */
  readonly canFail?: true;
  /** It sleeps on its own account, whatever the mask. */
  readonly sleeps?: true;
  /** The slab cache that it takes its object from: the bytes of one object. */
  readonly cacheBytes?: number;
  /** Where the family is not that of what it calls. */
  readonly family?: ApiFamily;
  /** Why nothing is said of it in a kernel; null where it is known. */
  readonly unknownIn?: (kernel: Kernel) => string | null;
  /** What else a caller has to know: a sentence. */
  readonly note?: string;
  /** Kernel file and function; read in 6.12.117, and in 6.1.192 where it is there, unless it says otherwise. */
  readonly evidence: string;
}

/** Flags in every kernel, or by kernel and by what is asked for. */
export type FlagsOf =
  | readonly FlagName[]
  | {
      readonly of: (kernel: Kernel, request: AllocationRequest) => readonly FlagName[];
      /** When which are set, as a note's sentence. */
      readonly text: string;
    };

/** What is called for sizes up to `upToBytes`; the last one has none. */
export interface Branch {
  readonly calls: string;
  readonly upToBytes?: number | ((kernel: Kernel) => number);
  /** Only for masks without any of these. */
  readonly unless?: readonly FlagName[];
}

/** How a function is told its size, and what it asks for then. */
export type Told =
  /** As the function that it calls is told. */
  | { readonly kind: "same" }
  /** In bytes, and `headerBytes` more are asked for; nothing for nothing where `emptyIsFree`. */
  | { readonly kind: "bytes"; readonly headerBytes: number; readonly emptyIsFree?: true }
  /** `size` of one object, `count` objects. */
  | { readonly kind: "array" }
  /** As long as the text is. `size` may be left out: some dozens of bytes are taken for it then. */
  | { readonly kind: "text" }
  /** `count` bits. */
  | { readonly kind: "bits" }
  /** `count` elements of so many bytes behind a header; one where it is left out. No more at once than `mostBytes`. */
  | {
      readonly kind: "elements";
      readonly elementBytes: number;
      readonly headerBytes?: number;
      readonly mostBytes?: number;
    }
  /** It is told no size, and asks for so many bytes. */
  | { readonly kind: "fixed"; readonly bytes: number }
  /** It is told no size; that of what it belongs to may be stated, in the unit of what it calls. */
  | { readonly kind: "elsewhere" }
  /** It asks for no size. */
  | { readonly kind: "none" };

export const SAME: Told = { kind: "same" };
export const ARRAY: Told = { kind: "array" };
export const TEXT: Told = { kind: "text" };
export const BITS: Told = { kind: "bits" };
export const ELSEWHERE: Told = { kind: "elsewhere" };
export const NONE: Told = { kind: "none" };

/** One object of a fixed size. */
export const objectOf = (bytes: number): Told => ({ kind: "fixed", bytes });
