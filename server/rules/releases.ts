import { madeOnce } from "../model/kept.ts";
import { apiNamed } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { comesBefore, kernelOf, mainlineReleases } from "../model/kernels/kernels.ts";
import { agree, differencesOf, noted, watched, type Questions } from "../model/kernels/questions.ts";
import type { Holds } from "./finding.ts";
import { factIn, says } from "./ask.ts";
import type { Rule, Subject } from "./rule.ts";
import type { Asked } from "./site.ts";
import { subjectOf } from "./subject.ts";

/** The mainline releases with the build options of a kernel, oldest first, and which of them it is, or follows. */
export interface Releases {
  readonly kernels: readonly Kernel[];
  readonly home: number;
}

/** What is asked of releases. */
export interface AskedOfReleases {
  readonly api: string;
  /** Null for a release that cannot be asked this. */
  readonly of: (release: number) => Asked | null;
  /** Equal numbers where the mask is the same flags, and nothing besides; null: it is so everywhere. */
  readonly flagsIn: ((release: number) => number) | null;
}

const around = new WeakMap<Kernel, Releases>();

/** The releases around a kernel. */
export function releasesAround(kernel: Kernel): Releases {
  const known = around.get(kernel);
  if (known !== undefined) return known;
  const kernels = releasesWith(kernel);
  const made = { kernels, home: kernels.findLastIndex(({ name }) => !comesBefore(kernel, name)) };
  around.set(kernel, made);
  return made;
}

const byOptions = new WeakMap<Kernel["options"], readonly Kernel[]>();
const sets = new WeakMap<Kernel, readonly Kernel[]>();

/** One list for all kernels with the same options. */
function releasesWith({ options }: Kernel): readonly Kernel[] {
  const known = byOptions.get(options);
  if (known !== undefined) return known;
  const made = mainlineReleases().flatMap((name) => {
    const release = kernelOf(name, options);
    return "unknown" in release ? [] : [release];
  });
  const [first] = made;
  const kernels = (first === undefined ? undefined : sets.get(first)) ?? made;
  if (first !== undefined) sets.set(first, kernels);
  byOptions.set(options, kernels);
  return kernels;
}

/** For each release and what was asked of it: the releases that agree on that, itself included. */
type Agreeing = readonly Map<Questions, readonly number[]>[];

const agreements = new WeakMap<readonly Kernel[], Agreeing>();

function agreeingIn(kernels: readonly Kernel[]): Agreeing {
  return madeOnce(agreements, kernels, () => kernels.map(() => new Map<Questions, readonly number[]>()));
}

function whoAgrees(
  kernels: readonly Kernel[],
  known: Agreeing,
  index: number,
  questions: Questions,
): readonly number[] {
  const before = known[index]?.get(questions);
  if (before !== undefined) return before;
  const one = kernels[index];
  if (one === undefined) return [];
  const made = kernels.flatMap((kernel, other) => (agree(differencesOf(one, kernel), questions) ? [other] : []));
  known[index]?.set(questions, made);
  return made;
}

const existing = new WeakMap<readonly Kernel[], Map<Api, readonly boolean[]>>();

function existsIn(kernels: readonly Kernel[], api: Api): readonly boolean[] {
  const known = madeOnce(existing, kernels, () => new Map<Api, readonly boolean[]>());
  return madeOnce(known, api, () => kernels.map((kernel) => api.exists(kernel)));
}

/** A row of releases, by their places, in all of which what a rule says of one question is the case, and no longer. */
interface Row {
  readonly rule: Rule;
  readonly fact: string;
  readonly first: number;
  readonly last: number;
}

/** The rows that were found for one question: the same from whichever release one looks. They become more. */
export type SaidInReleases = Row[];

/**
 * For what is asked of a kernel: in which mainline releases around it what a rule says is the case there is the case
 * too, with the same build options. Where it is not in the release that a point release or a vendor's tree follows, it
 * is that tree alone. A release is asked when its answer is needed, and answers for all that agree on what the rule
 * asked of it.
 * @param said what was found out of the same question before; what is found out now goes there
 */
export function holdsAround(
  kernel: Kernel,
  asked: AskedOfReleases,
  said: SaidInReleases,
): (rule: Rule, message: string) => Holds {
  const { kernels, home } = releasesAround(kernel);
  const api = apiNamed(asked.api);
  const exists = api === null ? [] : existsIn(kernels, api);
  const agreeing = agreeingIn(kernels);
  const { flagsIn } = asked;
  const flags = flagsIn === null ? null : kernels.map((_, release) => flagsIn(release));
  const subjects: (Subject | null | undefined)[] = [];
  const subjectIn = (index: number): Subject | null => {
    const before = subjects[index];
    if (before !== undefined) return before;
    const [release, one] = [kernels[index], exists[index] === true ? asked.of(index) : null];
    const made = release === undefined || one === null ? null : subjectOf(watched(release), one);
    subjects[index] = made;
    return made;
  };
  const holdsIn = ({ first, last }: Row): Holds => ({
    since: first === 0 ? null : (kernels[first]?.name ?? null),
    until: last === kernels.length - 1 ? null : (kernels[last]?.name ?? null),
  });
  return (rule, message) => {
    const fact = factIn(message);
    for (const row of said)
      if (row.rule === rule && row.first <= home && home <= row.last && row.fact === fact) return holdsIn(row);
    const answers: (boolean | undefined)[] = [];
    const isSaidIn = (index: number): boolean => {
      const before = answers[index];
      if (before !== undefined) return before;
      const subject = subjectIn(index);
      if (subject === null) return false;
      const { value, questions } = noted(subject.kernel, () => says(rule, subject, message));
      for (const other of whoAgrees(kernels, agreeing, index, questions))
        if (exists[other] === true && (flags === null || flags[other] === flags[index])) answers[other] = value;
      return value;
    };
    if (!isSaidIn(home)) return { since: kernel.name, until: kernel.name };
    let [first, last] = [home, home];
    while (first > 0 && isSaidIn(first - 1)) first--;
    while (last < kernels.length - 1 && isSaidIn(last + 1)) last++;
    const row = { rule, fact, first, last };
    said.push(row);
    return holdsIn(row);
  };
}
