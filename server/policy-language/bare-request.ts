import { apiNamed } from "../model/apis.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { flagsIn, flagText, meaningOf } from "../model/masks/names.ts";
import { EMPTY, mask, type Mask } from "../model/masks/mask.ts";
import type { AllocationRequest } from "../model/request.ts";
import { verdict } from "../model/verdict.ts";
import type { Severity } from "../rules/finding.ts";
import { ALL_RULES } from "../rules/catalogue.ts";
import type { Match, Rule, Subject, WrittenMask } from "../rules/rule.ts";

/** A finding on a request that stands in no file: without places, with the flags that it is about. */
export interface BareFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** The flags that it is about, as written in C; empty where it is about something else. */
  readonly flags: readonly string[];
  /** The kernel releases in which the rule holds. */
  readonly since: string;
  readonly until: string | null;
  /** What to do about it, the first remedy first; empty where there is only advice. */
  readonly fix: string;
}

/** A mask as text, for callers without a file: names and numbers joined by `|`. */
export interface BareMask {
  readonly mask: Mask;
  readonly written: WrittenMask;
}

/** Reads `0xcc0` or `GFP_KERNEL|__GFP_ZERO`; `{ wrong }` says which part means nothing in this kernel. */
export function bareMask(kernel: Kernel, text: string): BareMask | { readonly wrong: string } {
  const names: string[] = [];
  let hasLiteral = false;
  let value = EMPTY;
  for (const part of text.split("|").map((piece) => piece.trim())) {
    if (/^(0x[0-9a-f]+|\d+)[ul]*$/i.test(part)) {
      const bits = Number(part.replace(/[ul]+$/i, ""));
      if (bits > 0xffffffff) return { wrong: `${part} has more than the 32 bits of a mask` };
      hasLiteral ||= bits !== 0;
      value = mask(value | bits);
      continue;
    }
    const meaning = meaningOf(kernel, part);
    if (!("mask" in meaning))
      return { wrong: part === "" ? "a name is missing" : `${kernel.name} has no flag ${part}` };
    names.push(part);
    value = mask(value | meaning.mask);
  }
  return { mask: value, written: { names, hasLiteral, cleared: [] } };
}

/**
 * What the kernel's rules say of a request that stands in no file. A rule that throws becomes one finding that names it,
 * and the others go on.
 * @param written how the mask was written; null: not known, so that rules about writing stay silent
 */
export function bareFindings(
  kernel: Kernel,
  request: AllocationRequest,
  written: WrittenMask | null,
): readonly BareFinding[] {
  const api = apiNamed(request.api);
  if (api === null) return [];
  const subject: Subject = {
    kernel,
    api,
    request,
    verdict: verdict(kernel, request),
    mask: request.mask,
    written,
    handles: null,
    hasFallback: false,
  };
  return ALL_RULES.flatMap((rule) => findingsOf(rule, subject));
}

function findingsOf(rule: Rule, subject: Subject): readonly BareFinding[] {
  let matches: readonly Match[];
  try {
    matches = rule.check(subject);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        rule: "internal-error",
        severity: "error",
        message: `The rule ${rule.id} failed: ${reason}.`,
        flags: [],
        since: rule.versions.since,
        until: null,
        fix: "",
      },
    ];
  }
  return matches.map(({ anchor, message, fixes }) => ({
    rule: rule.id,
    severity: rule.severity,
    message,
    flags: flagsOf(anchor, subject),
    since: rule.versions.since,
    until: rule.versions.until,
    fix: fixes[0]?.title ?? rule.advice,
  }));
}

function flagsOf(anchor: Match["anchor"], { kernel, mask: value }: Subject): readonly string[] {
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
