import type { Kernel } from "../model/kernels/kernel.ts";
import { comesBefore, kernelOf, mainlineReleases } from "../model/kernels/kernels.ts";
import type { Holds } from "./finding.ts";
import { ask } from "./ask.ts";
import type { Rule, Subject } from "./rule.ts";
import type { Asked } from "./site.ts";
import { subjectOf } from "./subject.ts";

/** The mainline releases with the build options of a kernel, and which of them it is, or follows. */
interface Neighbours {
  readonly releases: readonly Kernel[];
  readonly home: number;
}

const neighbours = new WeakMap<Kernel, Neighbours>();

function neighboursOf(kernel: Kernel): Neighbours {
  const known = neighbours.get(kernel);
  if (known !== undefined) return known;
  const releases = mainlineReleases().flatMap((name) => {
    const release = kernelOf(name, kernel.options);
    return "unknown" in release ? [] : [release];
  });
  const made = { releases, home: releases.findLastIndex(({ name }) => !comesBefore(kernel, name)) };
  neighbours.set(kernel, made);
  return made;
}

/**
 * For what is asked of a kernel: in which mainline releases around it a rule that speaks there speaks too, with the
 * same build options. `askedOf` gives null for a release that cannot be asked this. Where the release that a point
 * release or a vendor's tree follows is quiet, it is that tree alone. Each release is asked when it is needed, and
 * once.
 */
export function releasesAround(kernel: Kernel, askedOf: (release: Kernel) => Asked | null): (rule: Rule) => Holds {
  const { releases, home } = neighboursOf(kernel);
  const subjects: (Subject | null | undefined)[] = [];
  const speaksIn = (rule: Rule, index: number): boolean => {
    const release = releases[index];
    if (release === undefined) return false;
    let subject = subjects[index];
    if (subject === undefined) {
      const asked = askedOf(release);
      subject = subjects[index] = asked === null ? null : subjectOf(release, asked);
    }
    return subject !== null && ask(rule, subject).length > 0;
  };
  return (rule) => {
    if (!speaksIn(rule, home)) return { since: kernel.name, until: kernel.name };
    let [first, last] = [home, home];
    while (speaksIn(rule, first - 1)) first--;
    while (speaksIn(rule, last + 1)) last++;
    return {
      since: first === 0 ? null : (releases[first]?.name ?? null),
      until: last === releases.length - 1 ? null : (releases[last]?.name ?? null),
    };
  };
}
