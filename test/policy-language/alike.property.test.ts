// Declarations that are the same but for names are looked at once: each gets what it gets when it is looked at alone.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import {
  emptyWorkspace,
  SharedMemory,
  withDocument,
  workspaceOf as workspaceWith,
  type Workspace,
} from "../../server/documents/workspace.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { namesOf } from "../../server/policy-language/analysis/region-names.ts";
import { check, checkRegions } from "../../server/policy-language/check/check.ts";
import { expectationStates } from "../../server/policy-language/check/expectations/states.ts";
import { resolvePolicy } from "../../server/policy-language/policies/resolved-policy.ts";
import { resolvedRequestOf } from "../../server/policy-language/requests/requests.ts";
import { hoverAt } from "../../server/service/hover.ts";
import { expectationsOf } from "../service/_expectations.ts";

const MAIN = "file:///p/main.allocpolicy";
const LIBRARY = "file:///p/library.allocpolicy";

/** Right and wrong, `$` before what is called otherwise in each block. */
const TEMPLATES = [
  "context $c { in softirq }",
  "context $c { in process in softirq }",
  "context $c like $d { in hardirq }",
  "context $c { in $d in process }",
  "flags $m = GFP_KERNEL | __GFP_HIGH",
  "flags $m = $n | __GFP_NOFAIL | 0x80000000",
  "flags $m = $n",
  "flags $n = $m | __GFP_WAIT",
  "transform $t(x) = x | $m",
  "transform $t($m) = $m & ~__GFP_ZERO",
  "transform $t($m) = $m($n) | $t($m) | __GFP_REPEAT",
  "allocator $a($n, $m) = kmalloc($n + $x, $m | $t)",
  'policy $p { forbid has __GFP_HIGH because "no $p"\n  mode fast when has __GFP_NORETRY { oom never }\n  mode normal otherwise { sleeps may } }',
  "policy $p like $q { forbid has $m and in $c\n  require has __GFP_NOWARN when has __GFP_HIGH }",
  "policy $q for kmalloc { allow only GFP_KERNEL | $m\n  warn has __GFP_NOFAIL\n  ignore __GFP_HIGH }",
  "policy $q { forbid has __GFP_COMP\n  require has __GFP_COMP }",
  "request $r {\n  api kmalloc  size 64 B\n  flags GFP_KERNEL | __GFP_HIGH | __GFP_NOFAIL\n  context $c\n  policy $p\n}",
  "request $r {\n  api alloc_pages  order 4\n  flags $m | GFP_KERNEL | __GFP_NOFAIL\n  policy $p, $q\n  waive nofail-high-order\n}",
  "request $r like $s { flags $t($m)  context $d  fallback $f }",
  "request $s {\n  api kmalloc  size 8 MiB\n  flags GFP_KERNEL\n  fallback $f  handles nothing\n}",
  "request $f { api kmalloc  size 8 MiB  flags GFP_KERNEL  expect { sleeps never, mode fast } }",
  "request $f { api kmaloc  order 3  flags GFP_KERNAL  context $x }",
  "request $f like $r { }",
  "expect $r { sleeps never, fails never }",
  "expect $p forbids $m",
  "expect $q allows GFP_KERNEL | $m",
  "expect $p within $q",
  "expect $t gives has __GFP_ZERO",
  "memory $c { node 0 { zone Normal { managed 1 GiB free order 0: 10 watermarks min 1 MiB, low 2 MiB, high 3 MiB } } }",
  "expect $r on $c { fails }",
  "flag $m",
] as const;

/** Damaged ones, which others lean on all the same. */
const DAMAGED = [
  'policy $p { forbid has __GFP_HIGH because "no $p"\n  mode fast when { oom never }\n  mode normal otherwise { sleeps may } }',
  "policy $q for kmalloc { forbid }",
  "policy $q like $p { allow only GFP_KERNEL | $m |\n  warn has __GFP_NOFAIL }",
  "context $c { in softirq in }",
  "context $d like { in $c }",
  "flags $m = GFP_KERNEL | # __GFP_ZERO",
  "transform $t(x) = x | | $m",
  "request $s {\n  api kmalloc  size 8 MiB flags\n  fallback $f  handles nothing\n}",
  "request $r { api kmalloc  size 64 B  flags GFP_ATOMIC | __GFP_NOFAIL  policy $p,  context $c }",
] as const;

/** How a name of a template is called in a block: by its number, longer and longer, like a word of a message, … */
const WORDS = ["policy", "forbids", "this", "x", "GFP_KERNEL", "mask", "softirq", "none", "m", "api"] as const;
const NAMINGS: readonly ((name: string, block: number) => string)[] = [
  (name, block) => `${name}_${block}`,
  (name, block) => `${name.repeat(block + 2)}`,
  (name) => name,
  (name, block) => WORDS[(block + name.charCodeAt(0)) % WORDS.length] ?? name,
  (_name, block) => `same${block}`,
  (name, block) => `${name}${block % 2}`,
  (name, block) => (block < 2 ? name : `${name}_${block}`),
];

const names = "abcdfmnpqrstx";
const block = fc.array(fc.constantFrom(...TEMPLATES), { minLength: 1, maxLength: 6 });
const naming = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  fc.nat(NAMINGS.length - 1),
);
const namings = fc.array(naming, { minLength: names.length, maxLength: names.length });
const header = fc.constantFrom(
  "kernel 6.12\n",
  "kernel 6.1 .. 6.12\n",
  'kernel 6.6, 6.12\nimport "library.allocpolicy"\n',
  "",
);

function fileOf(first: string, templates: readonly string[], called: readonly number[], count: number): string {
  const blocks = Array.from({ length: count }, (_, number) =>
    templates.map((template) => {
      const text = template.replace(/\$(\w)/g, (_all, name: string) => {
        const nameIn = NAMINGS[called[names.indexOf(name)] ?? 0];
        return nameIn?.(name, number) ?? name;
      });
      return number % 3 === 1 ? `/// Number ${number}.\n${text}` : text;
    }),
  );
  return `${first}${blocks.flat().join("\n")}\n`;
}

function workspaceOf(main: SourceFile, library: SourceFile): Workspace {
  return withDocument(withDocument(emptyWorkspace({ ...DEFAULT_SETTINGS }), MAIN, main), LIBRARY, library);
}

/** Of each region the rules and messages, when all are looked at and when it alone is. */
function expectSame(text: string, libraryText = ""): void {
  const [main, library] = [parseFile(text), parseFile(libraryText)];
  const together = check(workspaceOf(main, library), MAIN).regions;
  const alone = main.regions.map((_, region) => checkRegions(workspaceOf(main, library), MAIN, [region])[0]);
  expect(together).toEqual(alone);
}

/** What is told of the declaration in a region, and of a request what it inherits and which policies bind it. */
function toldOf(workspace: Workspace, region: number): unknown {
  const environment = environmentOf(workspace, MAIN);
  const binding = environment?.bindingAt(region) ?? null;
  if (environment === null || binding === null) return null;
  const at = (environment.file.starts[region] ?? 0) + (namesOf(binding.region).declares?.start ?? 0);
  const hover = hoverAt(workspace, MAIN, at);
  if (binding.kind !== "request") return hover;
  const { policies, properties } = resolvedRequestOf(environment, binding);
  const bases = properties.map(({ inheritedFrom }) => inheritedFrom?.name);
  const owners = policies.map((policy) => resolvePolicy(environment, policy)?.clauses.map(({ owner }) => owner.name));
  return [hover, policies.map(({ name }) => name), bases, owners];
}

describe("declarations that are the same but for names get what each gets alone", () => {
  test("whatever they are, and however they are called", () => {
    fc.assert(
      fc.property(
        header,
        block,
        namings,
        fc.integer({ min: 2, max: 6 }),
        block,
        (first, templates, called, count, more) =>
          expectSame(fileOf(first, templates, called, count), fileOf("", more, called, 2)),
      ),
      { numRuns: 120, seed: 20261129 },
    );
  });

  test("also requests that no other one is like, for which others stand in, and of which all else is told as ever", () => {
    const BOUND = [
      "request $r { api kmalloc  size 64 B  flags $m  context $c  policy $p }",
      "request $s { api kmalloc  size 64 B  flags $m | __GFP_HIGH  policy $q }",
      "request $t like $r { size 64 B  policy $p, $q }",
      "request $f like $x { size 64 B  flags $m }",
      "request $x { api kvmalloc  size 8 B  flags GFP_KERNEL }",
      "policy $p { forbid has __GFP_COMP }",
      "policy $q like $p { forbid any __GFP_HIGH | __GFP_NOFAIL }",
      "context $c { in process }",
      "flags $m = GFP_KERNEL | __GFP_NOWARN",
    ] as const;
    const LAST = [
      "request bound { api krealloc  size 64 B  flags GFP_KERNEL  policy own }",
      "policy own { forbid has __GFP_COMP }",
      "policy for_all like own for krealloc { }",
    ] as const;
    const bound = fc.subarray([...BOUND], { minLength: 7 });
    fc.assert(
      fc.property(header, bound, block, namings, (first, always, templates, called) => {
        let sizes = 0;
        const text = `${fileOf(first, [...always, ...templates.slice(0, 2)], called, 4)}${LAST.join("\n")}`.replace(
          /size 64 B/g,
          () => `size ${100 + 333 * sizes++} B`,
        );
        expectSame(text);
        const main = parseFile(text);
        const [looked, fresh] = [workspaceOf(main, parseFile("")), workspaceOf(main, parseFile(""))];
        check(looked, MAIN);
        for (const region of main.regions.keys()) expect(toldOf(looked, region)).toEqual(toldOf(fresh, region));
      }),
      { numRuns: 40, seed: 20261204 },
    );
  });

  test("and so in files that are looked at one after the other, torn ones too", () => {
    const cut = fc.tuple(fc.nat(400), fc.oneof(fc.constant(0), fc.nat(400)));
    const torn = fc.array(fc.constantFrom(...TEMPLATES, ...DAMAGED), { minLength: 1, maxLength: 8 });
    const file = fc.record({
      first: header,
      templates: block,
      called: namings,
      count: fc.integer({ min: 1, max: 3 }),
      cut,
    });
    fc.assert(
      fc.property(fc.array(file, { minLength: 2, maxLength: 5 }), torn, fc.boolean(), (files, common, isCommon) => {
        const [shared, settings] = [new SharedMemory(), { ...DEFAULT_SETTINGS }];
        const headerOfAll = files[0]?.first ?? "";
        for (const [number, { first, templates, called, count, cut }] of files.entries()) {
          const whole = fileOf(isCommon ? headerOfAll : first, [...common, ...templates], called, count);
          const [from, length] = cut;
          const main = parseFile(whole.slice(0, whole.length - from) + whole.slice(whole.length - from + length));
          const uri = `file:///p/${number}.allocpolicy`;
          const documents = new Map([[uri, main]]);
          const beside = workspaceWith(settings, [], documents, new Map(), shared);
          const alone = workspaceWith(settings, [], documents, new Map());
          expect(check(beside, uri)).toEqual(check(alone, uri));
          const environment = environmentOf(beside, uri);
          const states = environment === null ? [] : expectationStates(environment);
          expect(states).toEqual(expectationsOf(alone, uri).map(({ state }) => state));
        }
      }),
      { numRuns: 120, seed: 20261201 },
    );
  });

  test("also where the damage of one file may hide what another one lacks", () => {
    const [shared, settings] = [new SharedMemory(), { ...DEFAULT_SETTINGS }];
    const foundIn = (uri: string, text: string): number =>
      check(workspaceWith(settings, [], new Map([[uri, parseFile(text)]]), new Map(), shared), uri).regions.flat()
        .length;
    const request = "request a { api kmalloc  size 8 B  flags RING | GFP_KERNEL }\n";
    expect(foundIn("file:///p/1.allocpolicy", `kernel 6.12\nflags RING # GFP_KERNEL\n${request}`)).toBe(1);
    expect(foundIn("file:///p/2.allocpolicy", `kernel 6.12\n${request}`)).toBe(1);
    expect(foundIn("file:///p/3.allocpolicy", `kernel 6.12\nflags RING = __GFP_ZERO\n${request}`)).toBe(0);
  });

  test("also where two files call it by a word that the message has anyway", () => {
    const shared = new SharedMemory();
    const settings = { ...DEFAULT_SETTINGS };
    for (const [i, name] of ["renamed", "renamed", "ring", "renamed", "pool", "ring"].entries()) {
      const uri = `file:///p/${i}.allocpolicy`;
      const text = `kernel 6.12\nrequest ${name} { api kmalloc  size 8 B  flags GFP_KERNEL | __GFP_REPEAT }\n`;
      const documents = new Map([[uri, parseFile(text)]]);
      const alone = check(workspaceWith(settings, [], documents, new Map()), uri);
      expect(alone.regions.flat()).toHaveLength(1);
      expect(check(workspaceWith(settings, [], documents, new Map(), shared), uri)).toEqual(alone);
    }
  });

  test("and so do requests that differ in their sizes, where those come to the same", () => {
    const CLASSES = [
      200, 256, 300, 512, 513, 700, 800, 1000, 1023, 1024, 2049, 3000, 4095, 4096, 4097, 5000, 7000, 8191, 8192,
    ] as const;
    const size = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...CLASSES) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(0, 1, 64, 96, 2 ** 21, 2 ** 22 - 1, 2 ** 22 + 1, 2 ** 30, 2 ** 31, 2 ** 40),
      },
      fc.integer({ min: 1, max: 20_000 }),
    );
    const often = <Value>(usual: readonly Value[], others: readonly Value[]): fc.Arbitrary<Value> =>
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...usual) }, fc.constantFrom(...others));
    const api = often(["kmalloc"], ["kzalloc", "kvmalloc", "krealloc", "vmalloc", "kmalloc_nolock", "kmaloc"]);
    const unit = often([" B"], ["", " KiB"]);
    const flags = often(["GFP_KERNEL", "GFP_NOWAIT"], ["GFP_ATOMIC", "RING", "GFP_KERNEL | __GFP_NOFAIL"]);
    const more = often(
      ["", "policy p", "policy q", "context rx  policy p", "fallback small"],
      ["handles nothing", "expect { fails never }", "waive atomic-large", 'waive costly-order because "size 64"'],
    );
    const policies = fc.constantFrom(
      "policy p { forbid has __GFP_HIGH }\npolicy q { forbid size > 750 B }\n",
      "policy p { mode m when has __GFP_HIGH or size < 6000 B { sleeps never } }\npolicy q like p { forbid has __GFP_NOFAIL }\n",
      "policy p { forbid has __GFP_ACCOUNT }\npolicy q like p { }\npolicy all for kmalloc, kvmalloc { warn size >= 2500 B }\n",
      "policy p { require has __GFP_NOWARN when may_fail }\npolicy q { }\npolicy all for kmalloc { forbid has __GFP_IO }\n",
    );
    const request = fc.tuple(api, size, unit, flags, more);
    fc.assert(
      fc.property(
        fc.constantFrom("kernel 6.12\n", "kernel 5.10 .. 6.12\n", "kernel 6.6\nconfig { PAGE_SIZE 64 KiB }\n"),
        policies,
        fc.array(request, { minLength: 2, maxLength: 3 }),
        fc.array(size, { minLength: 10, maxLength: 14 }),
        (first, bound, kinds, sizes) => {
          const requests = sizes.flatMap((other, number) =>
            kinds.map(([called, own, of, mask, and], kind) => {
              const asked = number === 0 ? own : other;
              return `request r${number}_${kind} { api ${called}  size ${asked}${of}  flags ${mask}  ${and} }\n`;
            }),
          );
          expectSame(
            `${first}${bound}flags RING = GFP_KERNEL | __GFP_HIGH\ncontext rx { in softirq }
request small { api kmalloc  size 750 B  flags GFP_NOWAIT }\n${requests.join("")}`,
          );
        },
      ),
      { numRuns: 50, seed: 20261202 },
    );
  });

  test("also behind so many of which none are alike that it is seldom looked for", () => {
    const chain = Array.from({ length: 600 }, (_, i) => `flags m${i + 1} = m${i} | GFP_NOWAIT\n`);
    const last = Array.from(
      { length: 40 },
      (_, i) => `request r${i} { api kmalloc  size ${i < 20 ? 64 : i} B  flags GFP_KERNEL | __GFP_HIGH  context c }\n`,
    );
    const text = `kernel 6.12\ncontext c { in softirq }\nflags m0 = GFP_ATOMIC\n${chain.join("")}${last.join("")}`;
    const [main, library] = [parseFile(text), parseFile("")];
    const together = check(workspaceOf(main, library), MAIN).regions;
    const some = main.regions.map((_, region) => region).filter((region) => region > 600 || region % 100 === 3);
    const alone = some.map((region) => checkRegions(workspaceOf(main, library), MAIN, [region])[0]);
    expect(some.map((region) => together[region])).toEqual(alone);
    expect(together.flat().length).toBeGreaterThan(40);
  });

  test("and so after edits, which leave them alike or no more", () => {
    const edit = fc.record({
      at: fc.nat(2_000),
      length: fc.nat(12),
      text: fc.oneof(
        fc.constantFrom("", "x", "_1", " ", "|", "}", "\n", "GFP_KERNEL", "p_0", "m"),
        fc.constantFrom(...TEMPLATES),
      ),
    });
    fc.assert(
      fc.property(
        header,
        block,
        namings,
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (first, templates, called, edits) => {
          let main = parseFile(fileOf(first, templates, called, 4));
          const library = parseFile(fileOf("", templates, called, 1));
          let workspace = workspaceOf(main, library);
          check(workspace, MAIN);
          for (const { at, length, text } of edits) {
            const start = Math.min(at, main.text.length);
            main = editFile(main, { start, end: Math.min(start + length, main.text.length), text });
            workspace = withDocument(workspace, MAIN, main);
            expect(check(workspace, MAIN).regions).toEqual(check(workspaceOf(main, library), MAIN).regions);
          }
        },
      ),
      { numRuns: 60, seed: 20261130 },
    );
  });

  test("and so do many that lean on a few which are edited again and again", () => {
    const HEADS = [
      ["context c { in process }", "context c { in softirq }", "context c { in proces }", "context c like d { }"],
      ["context d { in hardirq }", "context d { in c }", "context d { in process holds spinlock }", "context d { in }"],
      ["flags m = GFP_KERNEL", "flags m = n | __GFP_NOFAIL", "flags m = m", "flags m = GFP_KERNAL", "flags m = !"],
      ["flags n = GFP_NOWAIT", "flags n = GFP_KERNEL | __GFP_HIGH | __GFP_NOFAIL", "context n { in softirq }", ""],
      [
        "policy p { forbid has __GFP_NOFAIL }",
        'policy p for kmalloc { forbid has __GFP_IO because "no m" }',
        "policy p like p { }",
        "policy p { forbid size > 1 KiB }",
      ],
      ["request f { api kmalloc  size 8 B  flags m }", "request f like q { }", "request f { flags n  context c }"],
    ] as const;
    const asks = fc.record({
      api: fc.constantFrom("api kmalloc  size 64 B", "api kmalloc  size 2000 B", "api alloc_pages  order 4"),
      flags: fc.constantFrom("m", "n", "GFP_KERNEL", "m | __GFP_HIGH", "nowhere"),
      more: fc.constantFrom("", "context c", "context d", "context nowhere", "policy p", "fallback f", "policy p, f"),
    });
    const heads = fc.tuple(...HEADS.map((options) => fc.constantFrom(...options)));
    const step = fc
      .nat(HEADS.length - 1)
      .chain((head) => fc.record({ head: fc.constant(head), text: fc.constantFrom(...(HEADS[head] ?? [])) }));
    fc.assert(
      fc.property(
        heads,
        fc.array(asks, { minLength: 2, maxLength: 4 }),
        fc.array(step, { minLength: 3, maxLength: 6 }),
        (first, kinds, steps) => {
          const current = [...first];
          const requests = Array.from({ length: 32 }, (_, i) => {
            const { api, flags, more } = kinds[i % kinds.length] ?? { api: "", flags: "m", more: "" };
            return `request r${i} { ${api}  flags ${flags}  ${more} }\n`;
          });
          const behind = requests.join("");
          const textOf = (): string => `kernel 6.12\n${current.join("\n")}\n${behind}`;
          let main = parseFile(textOf());
          const library = parseFile("");
          let workspace = workspaceOf(main, library);
          check(workspace, MAIN);
          for (const { head, text } of steps) {
            const start = "kernel 6.12\n".length + current.slice(0, head).join("\n").length + (head === 0 ? 0 : 1);
            const end = start + (current[head] ?? "").length;
            current[head] = text;
            main = editFile(main, { start, end, text });
            expect(main.text).toBe(textOf());
            workspace = withDocument(workspace, MAIN, main);
            expect(check(workspace, MAIN).regions).toEqual(check(workspaceOf(main, library), MAIN).regions);
          }
        },
      ),
      { numRuns: 40, seed: 20261203 },
    );
  });

  const request = (name: string, more: string, flags = "GFP_KERNEL | __GFP_NOFAIL"): string =>
    `request ${name} { api kmalloc  size 64 B  flags ${flags}  ${more} }\n`;
  const forbidding = (name: string): string => `policy ${name} { forbid has __GFP_NOFAIL }\n`;
  const examples: readonly (readonly [what: string, text: string])[] = [
    [
      "some lean twice on one, another on two that are the same",
      ["p", "q", "r", "r2"].map(forbidding).join("") +
        request("a", "policy p, p") +
        request("b", "policy q, q") +
        request("c", "policy r, r2"),
    ],
    [
      "what some lean on is called like a word of a message",
      ["forbids", "other"].map(forbidding).join("") +
        request("a", "policy forbids") +
        request("b", "policy forbids") +
        request("c", "policy other"),
    ],
    [
      "what one leans on is called like a flag that there is",
      "flags GFP_KERNEL = GFP_ATOMIC\nflags RING = GFP_ATOMIC\nflags POOL = GFP_ATOMIC\n" +
        ["RING", "POOL", "GFP_KERNEL"].map((flags, i) => request(`r${i}`, "context softirq", flags)).join(""),
    ],
    [
      "one stands in a circle and another leads into one",
      [1, 2].map((i) => `flags a${i} = b${i}\nflags b${i} = c${i}\nflags c${i} = a${i}\n`).join("") +
        [1, 2].map((i) => `flags d${i} = b${i}\n`).join(""),
    ],
    ["there are more than a mask has bits for", Array.from({ length: 12 }, (_, i) => `flag __GFP_NEW${i}\n`).join("")],
    [
      "what one leans on is called like its parameter",
      "flags a = GFP_KERNEL\nflags b = GFP_KERNEL\nflags m = GFP_KERNEL\n" +
        ["a", "b", "m"]
          .map((mask, i) => `transform t${i}(m) = m | ${mask}\nexpect t${i} gives has __GFP_IO\n`)
          .join(""),
    ],
    [
      "what one falls back to is called like nothing",
      ["a", "b", "none"].map((name) => request(name, "")).join("") +
        ["a", "b", "none"].map((name, i) => request(`r${i}`, `fallback ${name}`)).join(""),
    ],
    [
      "what some name is no policy, or not there",
      ["a", "b", "d"].map(forbidding).join("") +
        request("c", "") +
        ["a", "b", "c", "d", "e"].map((name, i) => request(`r${i}`, `policy ${name}`)).join(""),
    ],
    [
      "a word of the language is a name as well",
      "context a { in softirq }\ncontext b { in softirq }\ncontext flags { in softirq }\n" +
        ["a", "b", "flags"].map((name, i) => request(`r${i}`, `context ${name}`)).join(""),
    ],
    [
      "what some name is nowhere, and one of the names is nearer to something",
      request("where", "") +
        ["nothere_1", "nothere_2", "nothere_3", "wher", "nothere_1"]
          .map((name, i) => `request r${i} like ${name} { flags __GFP_WAIT }\n`)
          .join(""),
    ],
    [
      "what nothing declares is one thing or two",
      ["n1, n1", "n2, n2", "n3, n4", "n5, n6"].map((policy, i) => request(`r${i}`, `policy ${policy}`)).join(""),
    ],
    [
      "what they expect something of is a mask, or nothing",
      `flags a = GFP_KERNEL\n${["b", "c", "a"].map((name) => `expect ${name} gives has __GFP_ZERO\n`).join("")}`,
    ],
    [
      "what they lean on is damaged",
      "flags RING = GFP_KERNEL !\nflags POOL = GFP_KERNEL !\n" +
        ["RING", "RING", "RING", "POOL"].map((flags, i) => request(`r${i}`, "", flags)).join(""),
    ],
    [
      "they lean on very many, and through very many",
      Array.from({ length: 40 }, (_, i) => `${forbidding(`p${i}`)}flags m${i} = m${i + 1} | __GFP_NOFAIL\n`).join("") +
        request("a", `policy ${Array.from({ length: 40 }, (_, i) => `p${i}`).join(", ")}`) +
        ["m0", "m1", "m30", "m39"].map((flags, i) => request(`r${i}`, "", flags)).join(""),
    ],
    [
      "they are very long",
      forbidding("p") +
        ["a", "b", "c"].map((name) => request(name, `/* ${"long ".repeat(5_000)} */ policy p`)).join("") +
        ["a", "b", "c"].map((name) => request(`like_${name}`, `fallback ${name}`)).join(""),
    ],
    ["one is declared twice", ["a", "b", "a"].map((name) => request(name, "")).join("")],
    [
      "one falls back to itself, and others to each other",
      request("a", "fallback a") + request("b", "fallback c") + request("c", "fallback b") + request("d", "fallback b"),
    ],
    [
      "what may have been meant is one of them",
      request("ring_1", "fallback ring") + request("ring_2", "fallback ring") + request("ring_33", "fallback ring"),
    ],
  ];
  test.each(examples)("where %s", (_what, text) => {
    expectSame(`kernel 6.1 .. 6.12\n${text}`);
  });
});
