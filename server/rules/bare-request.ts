import type { Kernel } from "../model/kernels/kernel.ts";
import { kernelScope, type WrittenMask } from "../model/masks/mask-scope.ts";
import { maskValue, type MaskPart } from "../model/masks/evaluation/mask-value.ts";
import { meaningsIn } from "../model/masks/evaluation/leaves.ts";
import type { MaskExpression } from "../model/masks/expression.ts";
import type { Leaf } from "../model/masks/evaluation/program.ts";
import { mask, type Mask } from "../model/masks/mask.ts";
import { flagsIn, flagText } from "../model/masks/names.ts";
import { parseMask } from "../model/masks/parse.ts";
import type { AllocationRequest, Verdict } from "../model/request.ts";
import { kernelRule } from "./catalogue.ts";
import type { Holds, Severity } from "./finding.ts";
import { judge } from "./judge.ts";
import { bitsInReleases, readingOf } from "./masks-in-releases.ts";
import { holdsAround, releasesAround, type AskedOfReleases, type SaidInReleases } from "./releases.ts";
import type { Anchor } from "./rule.ts";
import type { Asked, Site } from "./site.ts";

/** A finding on a request that stands in no text: without places, with the flags that it is about. */
export interface BareFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** The flags that it is about, as written in C; empty where it is about something else. */
  readonly flags: readonly string[];
  /** What to do about it: the first fix by its title, else the rule's advice. */
  readonly fix: string;
}

/** A finding, and the mainline releases around the kernel in which what it says is the case too. */
export interface DatedFinding extends BareFinding, Holds {}

/** A mask as text, for callers without a file. */
export interface BareMask {
  readonly expression: MaskExpression;
  readonly mask: Mask;
  readonly written: WrittenMask;
}

/** Why a text is no mask; `unknown`: a name in it that the kernel does not have. */
export interface NoMask {
  readonly wrong: string;
  readonly unknown: string | null;
}

/**
 * Reads `0xcc0` or `GFP_KERNEL & ~__GFP_FS`, as C does; `{ wrong }` says what it cannot read, or what this kernel does
 * not have.
 */
export function bareMask(kernel: Kernel, text: string): BareMask | NoMask {
  const ofKernel = masks.get(kernel) ?? new Map<string, BareMask | NoMask>();
  if (ofKernel.size === 0) masks.set(kernel, ofKernel);
  const known = ofKernel.get(text);
  if (known !== undefined) return known;
  const made = newMask(kernel, text);
  if (ofKernel.size >= MOST_READ_OF_EACH) ofKernel.clear();
  ofKernel.set(text, made);
  return made;
}

function newMask(kernel: Kernel, text: string): BareMask | NoMask {
  const expression = readMask(text);
  if ("wrong" in expression) return { wrong: expression.wrong, unknown: null };
  const scope = kernelScope(kernel);
  const value = maskValue(scope, expression);
  const strange = value.parts.find(isStrange);
  if (strange !== undefined) return { wrong: `${kernel.name} has no flag ${strange.text}`, unknown: strange.text };
  const leaves = meaningsIn(scope, expression, null);
  const open = leaves.find(({ meaning }) => meaning.kind === "unknown");
  if (open !== undefined)
    return {
      wrong: `what ${nameOf(open.node)} is decides about the mask and is not known: write the mask of one case`,
      unknown: null,
    };
  const long = value.written.hasLiteral
    ? leaves.find(({ meaning }) => meaning.kind === "literal" && !meaning.fits)
    : undefined;
  if (long?.node.kind === "number")
    return { wrong: `${shortened(long.node.numeral.text)} has more than the 32 bits of a mask`, unknown: null };
  return { expression, mask: value.mask, written: value.written };
}

/** Scripts ask of the same few masks over and over: what was read last, by its text, of each kernel and of any. */
const masks = new WeakMap<Kernel, Map<string, BareMask | NoMask>>();
const read = new Map<string, ReturnType<typeof parseMask>>();
const MOST_READ = 1024;
const MOST_READ_OF_EACH = 256;

function readMask(text: string): ReturnType<typeof parseMask> {
  const known = read.get(text);
  if (known !== undefined) return known;
  if (read.size >= MOST_READ) read.clear();
  const expression = parseMask(text);
  read.set(text, expression);
  return expression;
}

const nameOf = (node: Leaf): string =>
  node.kind === "call" ? `${node.callee.text}(…)` : node.kind === "name" ? node.text : "something";

/** A name that the kernel does not have: no caller can write the mask there. */
const isStrange = ({ kind }: MaskPart): boolean => kind === "unknown";

/** A number may be as long as a command line. */
const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 36)}…` : text);

/**
 * What the kernel's rules say of a request that stands in no text.
 * @param written how the mask was written; null: none is
 * @param result what the caller does with the result; null: not known
 * @param verdict what the model says of it, where that was asked already
 */
export function bareFindings(
  kernel: Kernel,
  request: AllocationRequest,
  written: WrittenMask | null,
  result: Asked["result"] = null,
  verdict?: Verdict,
): readonly BareFinding[] {
  return judge(bareSite(askedOf(request, written, result, verdict)), kernel).map(
    ({ rule, severity, message, place, advice }) => ({
      rule,
      severity,
      message,
      flags: place,
      fix: advice,
    }),
  );
}

/**
 * The same, with the releases. The mask is what its text says in each of them that has its names; a number, which means
 * other flags there, stands for the flags that it has in this kernel.
 * @param given null: no mask is written
 * @param said what was found out when the same question was asked of another release: the same text of a mask, or a
 * number of the same flags, and all else alike
 */
export function datedFindings(
  kernel: Kernel,
  request: AllocationRequest,
  given: BareMask | null,
  result: Asked["result"] = null,
  verdict?: Verdict,
  said: () => SaidInReleases = () => [],
): readonly DatedFinding[] {
  const findings = bareFindings(kernel, request, given?.written ?? null, result, verdict);
  // Nearly all requests of a program are in order.
  if (findings.length === 0) return [];
  const around = holdsAround(kernel, askedOfReleases(kernel, request, given, result), said());
  return findings.map((finding) => {
    const rule = kernelRule(finding.rule);
    return { ...finding, ...(rule === null ? { since: null, until: null } : around(rule, finding.message)) };
  });
}

function askedOfReleases(
  kernel: Kernel,
  request: AllocationRequest,
  given: BareMask | null,
  result: Asked["result"],
): AskedOfReleases {
  const { api } = request;
  if (given === null) {
    const asked = askedOf(request, null, result);
    return { api, of: () => asked, flagsIn: null };
  }
  const { kernels } = releasesAround(kernel);
  const reading = given.written.hasLiteral
    ? bitsInReleases(kernels, flagsIn(kernel, request.mask), given.written)
    : readingOf(kernels, given.expression, given.written);
  return {
    api,
    of: (release) => {
      const read = reading.in(release);
      if (read === null) return null;
      return askedOf(read.mask === request.mask ? request : { ...request, mask: read.mask }, read.written, result);
    },
    flagsIn: reading.flagsIn,
  };
}

function askedOf(
  request: AllocationRequest,
  written: WrittenMask | null,
  result: Asked["result"],
  verdict?: Verdict,
): Asked {
  const asked = { request, written, isMaskKnown: true, result, hasFallback: false };
  return verdict === undefined ? asked : { ...asked, verdict: () => verdict };
}

/** Its places are lists of flags, and there is no text to edit. */
function bareSite(asked: Asked): Site<readonly string[], never> {
  return {
    asked: () => [asked],
    whole: [],
    placeOf: (anchor, kernel) => flagsOf(anchor, kernel, asked.request.mask),
    saysMore: () => false,
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
