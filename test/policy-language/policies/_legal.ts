/**
 * Files of 200 lines that follow docs/language.md and mean nothing: rules, modes, promises, beliefs and transforms as
 * dice have them, over any range of kernels. Equal seeds give equal files.
 */
import { allApis } from "../../../server/model/apis.ts";
import { KERNEL_CONTEXTS } from "../../../server/model/kernel-contexts.ts";
import { kernelOf, mainlineReleases } from "../../../server/model/kernels/kernels.ts";
import { FLAG_NAMES } from "../../../server/model/masks/mask.ts";
import { Random } from "../../fuzz/_random.ts";

const LINES = 200;

const OLDEST_AND_NEWEST = ["4.19", "7.3"].flatMap((version) => {
  const kernel = kernelOf(version);
  return "unknown" in kernel ? [] : [kernel];
});
const FLAGS = FLAG_NAMES.filter((flag) => OLDEST_AND_NEWEST.every(({ bits }) => bits[flag] !== 0)).map(
  (flag) => `__GFP_${flag}`,
);
const COMPOSITES = ["GFP_KERNEL", "GFP_ATOMIC", "GFP_NOWAIT", "GFP_NOFS", "GFP_NOIO", "GFP_USER", "GFP_HIGHUSER"];
const FUNCTIONS = allApis()
  .filter((api) => api.takesMask && OLDEST_AND_NEWEST.every((kernel) => api.exists(kernel)))
  .map(({ name }) => name);
const CONTEXTS = ["process", "softirq", "hardirq", "nmi", "spinlock", "rcu_read", "reclaim", "nofs", "noio", "pin"];
const CERTAINTIES = ["never", "always", "may", "often", "rarely"];

/** What a file is written with. */
class Dice {
  readonly #random: Random;
  readonly lines: string[] = [];
  /** Of so many tests one asks the model; 0: none does. */
  readonly model: number;

  constructor(seed: number) {
    this.#random = new Random(Math.imul(seed, 0x9e3779b1) || 1);
    this.model = this.below(3);
  }

  below(end: number): number {
    return this.#random.below(end);
  }

  of(list: readonly string[]): string {
    return this.#random.of(list) ?? "";
  }

  /** The rest is left to the file's last lines. */
  isFull(rest = 0): boolean {
    return this.lines.length >= LINES - rest;
  }

  add(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  kernel(): string {
    const releases = mainlineReleases();
    const first = this.below(releases.length);
    const last = first + this.below(releases.length - first);
    return `kernel ${this.of(["4.19 .. 7.3", "4.19 .. 7.3", "6.12", `${releases[first]} .. ${releases[last]}`])}`;
  }

  mask(most: number): string {
    return Array.from({ length: 1 + this.below(most) }, () =>
      this.below(8) === 0 ? this.of(COMPOSITES) : this.of(FLAGS),
    ).join(" | ");
  }

  test(): string {
    const comparison = this.of(["<", ">", "==", "<=", ">="]);
    switch (this.below(9 + this.model)) {
      case 0:
        return `size ${comparison} ${1 + this.below(8192)} B`;
      case 1:
        return `in ${this.of([...CONTEXTS, ...KERNEL_CONTEXTS.keys()])}`;
      case 2:
        return `${this.of(["order", "pages"])} ${comparison} ${this.below(11)}`;
      case 3:
        return `${this.of(["only", "is"])} ${this.mask(6)}`;
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
        return `${this.of(["has", "lacks", "any"])} ${this.mask(2)}`;
      default:
        return this.of(["sleeps", "may_oom", "may_fail"]);
    }
  }

  part(depth: number): string {
    const not = this.below(5) === 0 ? "not " : "";
    if (depth === 0 || this.below(3) > 0) return not + this.test();
    return `${not}(${this.part(depth - 1)} ${this.of(["and", "or"])} ${this.part(depth - 1)})`;
  }

  predicate(most = 4): string {
    const parts = Array.from({ length: 1 + this.below(most) }, () => this.part(2));
    return parts.reduce((all, part) => `${all} ${this.of(["and", "and", "or"])} ${part}`);
  }

  rule(): string {
    if (this.below(30) === 0) return `allow ${this.predicate()}`;
    if (this.below(4) === 0) return `require ${this.predicate(2)} when ${this.predicate(2)}`;
    return `${this.of(["forbid", "warn"])} ${this.predicate()}`;
  }

  promises(): string {
    const all = [
      ...["sleeps", "oom", "fails", "compaction", "zeroed"].map((effect) => `${effect} ${this.of(CERTAINTIES)}`),
      `reclaim ${this.of(["none", "kswapd", "direct"])}`,
    ];
    return `{ ${all.filter(() => this.below(2) === 0).join(", ")} }`;
  }

  mode(name: string): string {
    return `mode ${name} when ${this.predicate(2)} ${this.promises()}`;
  }

  functions(most: number): string {
    const names = new Set(Array.from({ length: this.below(most + 1) }, () => this.of(FUNCTIONS)));
    return names.size === 0 ? "" : ` for ${[...names].join(", ")}`;
  }

  policy(name: string, like: string, rules: number, modes: number): void {
    this.add(`policy ${name}${like}${this.functions(3)} {`);
    for (let rule = 0; rule < rules; rule++) this.add(`  ${this.rule()}`);
    for (let mode = 0; mode < modes; mode++) this.add(`  ${this.mode(`m${mode}`)}`);
    this.add("}");
  }

  expression(depth: number): string {
    if (depth === 0) return this.below(2) === 0 ? "m" : this.of(FLAGS);
    const [one, other] = [this.expression(depth - 1), this.expression(depth - 1)];
    return this.of([`${one} | ${other}`, `(${one}) & ~(${other})`, `(m & ${this.of(FLAGS)} ? ${one} : ${other})`]);
  }
}

const KINDS: Readonly<Record<string, (dice: Dice) => void>> = {
  "one policy": (dice) => {
    const modes = dice.below(30);
    dice.policy("p", "", LINES - 3 - modes, modes);
  },
  "a few policies": (dice) => {
    for (let at = 0; !dice.isFull(40); at++) dice.policy(`p${at}`, "", 10 + dice.below(25), dice.below(5));
  },
  "many policies": (dice) => {
    for (let at = 0; !dice.isFull(7); at++)
      dice.policy(
        `p${at}`,
        at > 0 && dice.below(4) === 0 ? ` like p${dice.below(at)}` : "",
        dice.below(4),
        dice.below(2),
      );
  },
  "each like the one before": (dice) => {
    for (let at = 0; !dice.isFull(); at++)
      dice.add(`policy p${at}${at > 0 ? ` like p${at - 1}` : dice.functions(2)} { ${dice.rule()} }`);
  },
  promises: (dice) => {
    for (let at = 0; !dice.isFull(); at++)
      dice.add(`policy p${at} for ${dice.of(FUNCTIONS)} { mode any otherwise ${dice.promises()} }`);
  },
  transforms: (dice) => {
    for (let at = 0; !dice.isFull(3); at++)
      dice.add(
        `transform t${at}(m) = ${dice.expression(2)}`,
        `expect t${at} when ${dice.predicate(2)} gives ${dice.predicate(2)}`,
        `expect t${at} gives ${dice.predicate(2)}`,
      );
  },
};

export interface Legal {
  readonly name: string;
  readonly text: string;
}

/** So many files of each kind. */
export function legalFiles(ofEach: number): readonly Legal[] {
  return Object.entries(KINDS).flatMap(([kind, write], at) =>
    Array.from({ length: ofEach }, (_, number) => {
      const dice = new Dice(1000 * (at + 1) + number);
      dice.add(dice.kernel());
      write(dice);
      return { name: `${kind} ${number + 1}`, text: `${dice.lines.join("\n")}\n` };
    }),
  );
}
