// A guard ends with its block, whichever way the block is left: the walk beside every path of small programs.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCFile } from "../../server/c-source/functions/c-file.ts";

type Simple = "mark" | "guard" | "return" | "break" | "continue" | "goto";
type Nested = "block" | "if" | "else" | "while" | "endless" | "do" | "scoped";
type Statement = { readonly is: Simple } | { readonly is: Nested; readonly body: readonly Statement[] };

const { statements } = fc.letrec<{ statements: readonly Statement[]; statement: Statement }>((tie) => ({
  statements: fc.array(tie("statement"), { maxLength: 4 }),
  statement: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .constantFrom<Simple>("mark", "mark", "mark", "guard", "guard", "return", "break", "continue", "goto")
      .map((is) => ({ is })),
    fc.record({
      is: fc.constantFrom<Nested>("block", "if", "else", "while", "endless", "do", "scoped"),
      body: tie("statements"),
    }),
  ),
}));

/** The locks held on a path, and all paths that come to a place: equal ones once. */
type Paths = ReadonlyMap<string, readonly string[]>;
const NOBODY: Paths = new Map();
const together = (...all: readonly Paths[]): Paths => new Map(all.flatMap((paths) => [...paths]));
const eachPath = (paths: Paths, change: (held: readonly string[]) => readonly string[]): Paths =>
  new Map([...paths.values()].map((held) => [change(held).join(), change(held)]));

/** Where paths go on from a statement. */
interface Onward {
  readonly next: Paths;
  readonly breaks: Paths;
  readonly continues: Paths;
  readonly gotos: Paths;
}
const on = (next: Paths): Onward => ({ next, breaks: NOBODY, continues: NOBODY, gotos: NOBODY });

/** Writes a program and walks all of its paths. */
class Program {
  readonly #lines: string[] = [];
  readonly #marks = new Map<string, Paths>();
  #count = 0;

  constructor(body: readonly Statement[]) {
    const { next, gotos } = this.#nested("block", body, new Map([["", []]]));
    this.#mark(together(next, gotos), "out: ");
  }

  get text(): string {
    return `static void f(struct gadget *dev)\n{\n${this.#lines.map((line) => `\t${line}\n`).join("")}}\n`;
  }

  /** What is held at each mark on every path; marks that no path comes to are left out. */
  get held(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...this.#marks].flatMap(([mark, paths]) => {
        const [first, ...others] = paths.values();
        return first === undefined ? [] : [[mark, first.filter((lock) => others.every((held) => held.includes(lock)))]];
      }),
    );
  }

  #mark(paths: Paths, label = ""): void {
    const name = `mark_${this.#count++}`;
    this.#lines.push(`${label}${name}(dev, GFP_KERNEL);`);
    this.#marks.set(name, paths);
  }

  #block(body: readonly Statement[], entry: Paths): Onward {
    const own: string[] = [];
    let all = on(entry);
    for (const statement of body) {
      if (statement.is === "guard") {
        const lock = `&dev->l${this.#count++}`;
        own.push(lock);
        this.#lines.push(`guard(spinlock)(${lock});`);
        all = { ...all, next: eachPath(all.next, (held) => [...held, lock]) };
        continue;
      }
      const after = this.#statement(statement, all.next);
      all = {
        next: after.next,
        breaks: together(all.breaks, after.breaks),
        continues: together(all.continues, after.continues),
        gotos: together(all.gotos, after.gotos),
      };
    }
    return without(all, own);
  }

  #statement(statement: Statement, entry: Paths): Onward {
    switch (statement.is) {
      case "guard":
      case "mark":
        this.#mark(entry);
        return on(entry);
      case "return":
        this.#lines.push("return;");
        return on(NOBODY);
      case "break":
        this.#lines.push("break;");
        return { ...on(NOBODY), breaks: entry };
      case "continue":
        this.#lines.push("continue;");
        return { ...on(NOBODY), continues: entry };
      case "goto":
        this.#lines.push("goto out;");
        return { ...on(NOBODY), gotos: entry };
      default:
        return this.#nested(statement.is, statement.body, entry);
    }
  }

  #nested(is: Nested, body: readonly Statement[], entry: Paths): Onward {
    const lock = `&dev->l${this.#count++}`;
    const heads = {
      block: "{",
      if: "if (dev->x) {",
      else: "if (dev->x) {} else {",
      while: "while (dev->x) {",
      endless: "while (1) {",
      do: "do {",
      scoped: `scoped_guard(spinlock, ${lock}) {`,
    };
    this.#lines.push(heads[is]);
    const inside = this.#block(body, is === "scoped" ? eachPath(entry, (held) => [...held, lock]) : entry);
    this.#lines.push(is === "do" ? "} while (dev->x);" : "}");
    const { next, breaks, continues, gotos } = is === "scoped" ? without(inside, [lock]) : inside;
    switch (is) {
      case "block":
        return inside;
      case "if":
      case "else":
        return { ...inside, next: together(entry, next) };
      case "endless":
        return { ...on(breaks), gotos };
      case "while":
        return { ...on(together(entry, next, continues, breaks)), gotos };
      // scoped_guard() is a loop that is gone through once: include/linux/cleanup.h, 6.12
      case "do":
      case "scoped":
        return { ...on(together(next, continues, breaks)), gotos };
    }
  }
}

function without({ next, breaks, continues, gotos }: Onward, locks: readonly string[]): Onward {
  const left = (paths: Paths): Paths => eachPath(paths, (held) => held.filter((lock) => !locks.includes(lock)));
  return { next: left(next), breaks: left(breaks), continues: left(continues), gotos: left(gotos) };
}

test("what a guard holds is held where it is on every path", () => {
  fc.assert(
    fc.property(statements, (body) => {
      const { text, held } = new Program(body);
      const calls = readCFile(text).functions.flatMap(({ read }) => read.calls);
      const seen = new Map(calls.map(({ name, state }) => [name, state.held.map(({ lock }) => lock ?? "").toSorted()]));
      for (const [mark, locks] of held) expect([mark, seen.get(mark), text]).toEqual([mark, locks.toSorted(), text]);
    }),
    { numRuns: 400 },
  );
});
