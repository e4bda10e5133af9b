import { knownKernels, mainlineReleases, newestRelease } from "../server/model/kernels/kernels.ts";

/** The mainline releases from `first` on, to `last` or, left out, to whichever is the newest. */
export function releasesFrom(first: string, last: string = newestRelease()): readonly string[] {
  const all = mainlineReleases();
  if (!all.includes(first) || !all.includes(last)) throw new Error(`${first} or ${last} is no mainline release`);
  return all.slice(all.indexOf(first), all.indexOf(last) + 1);
}

/** What is answered by the mainline releases, oldest first: `ignored, refused since 6.14`. */
export function sinceWhen(
  answer: (kernel: string) => string,
  releases: readonly string[] = mainlineReleases(),
): string {
  const changes = releases.filter((kernel, index) => {
    const before = releases[index - 1];
    return before === undefined || answer(kernel) !== answer(before);
  });
  return changes.map((kernel, index) => answer(kernel) + (index === 0 ? "" : ` since ${kernel}`)).join(", ");
}

/**
 * The mainline releases for which something holds, as `first..last` of each run, `first..` for one that goes on in the
 * newest release, `only` for a run of one release; "" for none.
 */
export function runsOf(holds: (kernel: string) => boolean): string {
  const runs: { readonly first: string; last: string; open: boolean }[] = [];
  for (const kernel of mainlineReleases()) {
    const run = runs.at(-1);
    if (!holds(kernel)) {
      if (run !== undefined) run.open = false;
    } else if (run?.open === true) run.last = kernel;
    else runs.push({ first: kernel, last: kernel, open: true });
  }
  return runs
    .map(({ first, last, open }) => (open ? `${first}..` : first === last ? first : `${first}..${last}`))
    .join(", ");
}

/**
 * The version that a point release, a vendor's tree or the development tree follows: that of its branch which is known
 * before it.
 */
function before(kernel: string): string {
  const branch = /\d+\.\d+/.exec(kernel)?.[0];
  if (branch === undefined) return newestRelease();
  const earlier = knownKernels().slice(0, knownKernels().indexOf(kernel));
  const points = earlier.filter((other) => kernel.startsWith(`${branch}.`) && other.startsWith(`${branch}.`));
  return points.at(-1) ?? branch;
}

/** The point releases, vendor and development trees that answer otherwise than the release that they follow. */
export function departuresOf<Answer extends string | boolean>(answer: (kernel: string) => Answer): readonly string[] {
  return knownKernels()
    .slice(mainlineReleases().length)
    .filter((kernel) => answer(kernel) !== answer(before(kernel)));
}
