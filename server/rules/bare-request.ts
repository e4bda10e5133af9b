import type { Kernel } from "../model/kernels/kernel.ts";
import { kernelScope, maskValue, meaningsIn, type WrittenMask } from "../model/masks/expression.ts";
import { mask, type Mask } from "../model/masks/mask.ts";
import { flagsIn, flagText } from "../model/masks/names.ts";
import { parseMask } from "../model/masks/parse.ts";
import type { AllocationRequest } from "../model/request.ts";
import type { Severity } from "./finding.ts";
import { judge } from "./judge.ts";
import type { Anchor } from "./rule.ts";
import type { Site } from "./site.ts";

/** A finding on a request that stands in no text: without places, with the flags that it is about. */
export interface BareFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** The flags that it is about, as written in C; empty where it is about something else. */
  readonly flags: readonly string[];
  /** The kernel releases in which the rule holds. */
  readonly since: string;
  readonly until: string | null;
  /** What to do about it: the first fix by its title, else the rule's advice. */
  readonly fix: string;
}

/** A mask as text, for callers without a file. */
export interface BareMask {
  readonly mask: Mask;
  readonly written: WrittenMask;
}

/** Reads `0xcc0` or `GFP_KERNEL & ~__GFP_FS`, as C does; `{ wrong }` says what it cannot read, or what this kernel does not have. */
export function bareMask(kernel: Kernel, text: string): BareMask | { readonly wrong: string } {
  const expression = parseMask(text);
  if ("wrong" in expression) return { wrong: expression.wrong };
  const scope = kernelScope(kernel);
  const value = maskValue(scope, expression);
  const strange = value.parts.find(({ kind }) => kind === "unknown");
  if (strange !== undefined) return { wrong: `${kernel.name} has no flag ${strange.text}` };
  const long = meaningsIn(scope, expression, null).find(({ meaning }) => meaning.kind === "literal" && !meaning.fits);
  if (long?.node.kind === "number")
    return { wrong: `${shortened(long.node.numeral.text)} has more than the 32 bits of a mask` };
  return { mask: value.mask, written: value.written };
}

/** A number may be as long as a command line. */
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 36)}…` : text);

/**
 * What the kernel's rules say of a request that stands in no text.
 * @param written how the mask was written; null: none is
 */
export function bareFindings(
  kernel: Kernel,
  request: AllocationRequest,
  written: WrittenMask | null,
): readonly BareFinding[] {
  return judge(bareSite(request, written), kernel).map(({ rule, severity, message, place, versions, advice }) => ({
    rule,
    severity,
    message,
    flags: place,
    since: versions.since,
    until: versions.until,
    fix: advice,
  }));
}

/** Its places are lists of flags, and there is no text to edit. */
function bareSite(request: AllocationRequest, written: WrittenMask | null): Site<readonly string[], never> {
  return {
    asked: () => [{ request, written, isMaskKnown: true, result: null, hasFallback: false }],
    whole: [],
    placeOf: (anchor, kernel) => flagsOf(anchor, kernel, request.mask),
    editsOf: () => null,
  };
}

function flagsOf(anchor: Anchor, kernel: Kernel, value: Mask): readonly string[] {
  switch (anchor.kind) {
    case "flag":
      return [flagText(anchor.flag)];
    case "pair":
      return anchor.flags.map(flagText);
    case "flags": {
      const set = new Set(flagsIn(kernel, value));
      return anchor.flags.filter((flag) => set.has(flag)).map(flagText);
    }
    case "composite":
      return flagsIn(kernel, mask(kernel.gfp[anchor.composite] & value)).map(flagText);
    case "written":
      return [anchor.name];
    default:
      return [];
  }
}
