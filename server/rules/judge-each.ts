import { agree, differencesOf, noted, watched, type Questions } from "../model/kernels/questions.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { flagsIn } from "../model/masks/names.ts";
import { ALL_RULES } from "./catalogue.ts";
import { judge, saidOf, type SiteFinding } from "./judge.ts";
import type { Asked, Site } from "./site.ts";
import { subjectOf } from "./subject.ts";

/** A call of which one kernel says nothing, and what that kernel was asked until that was clear. */
interface Silence {
  readonly kernel: Kernel;
  readonly call: Call;
  readonly questions: Questions;
}

/** A call as a kernel is asked, its flags by name: their numbers may be others in another kernel. */
interface Call {
  readonly asked: Asked;
  readonly flags: string;
}

/**
 * `judge` for one site and several kernels, one after the other. Most of them say nothing: of the same call another one
 * says nothing either, where it agrees on all that was asked until that was clear.
 */
export function judgeEach<Place, Edit>(
  site: Site<Place, Edit>,
): (kernel: Kernel) => readonly SiteFinding<Place, Edit>[] {
  const silences: Silence[] = [];
  return (kernel) => {
    const [asked, ...others] = site.asked(kernel);
    const call = asked === undefined || others.length > 0 ? null : callOf(kernel, asked);
    if (call === null) return judge(site, kernel);
    const subject = subjectOf(watched(kernel), call.asked);
    if (subject === null) return [];
    if (silences.some((one) => isSame(one.call, call) && agree(differencesOf(one.kernel, kernel), one.questions)))
      return [];
    const { value, questions } = noted(subject.kernel, () =>
      saidOf(site, kernel, ALL_RULES, { subjects: [subject], isMaskKnown: call.asked.isMaskKnown }),
    );
    if (value.length === 0) silences.push({ kernel, call, questions });
    return value;
  };
}

/**
 * Without the verdict that the site has: what it was asked for is not known. Null for a mask with bits that are no
 * flags: it is like no other.
 */
function callOf(kernel: Kernel, { verdict: _verdict, ...asked }: Asked): Call | null {
  const { mask } = asked.request;
  return (mask & ~kernel.namedBits) === 0 ? { asked, flags: flagsIn(kernel, mask).join(" ") } : null;
}

/** Whether two kernels are asked the same of one site, which has the rest for all of them. */
function isSame({ asked: one, flags }: Call, { asked: other, flags: others }: Call): boolean {
  return (
    flags === others &&
    one.request.context === other.request.context &&
    one.isMaskKnown === other.isMaskKnown &&
    textOf(one.written) === textOf(other.written)
  );
}

const textOf = (written: Asked["written"]): string =>
  written === null ? "" : `${written.names.join(" ")},${written.cleared.join(" ")},${written.hasLiteral}`;
