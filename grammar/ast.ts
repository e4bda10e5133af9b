/**
 * The typed tree of an `.allocpolicy` file.
 *
 * Offsets are UTF-16 units from the start of the region (declaration or header) that the node stands in, so that an
 * edit elsewhere in the file leaves the tree of a declaration untouched. `regions.ts` knows where each region starts.
 * A part that the text lacks (damage) is `null`; the parser has reported it.
 */

import type { FREE_KINDS, KSWAPD_STATES, MemoryWordOf, TIME_UNITS } from "./memory-facts.ts";
import type { NumberProperty } from "./request-properties.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Name extends Span {
  readonly text: string;
}

/** A quoted string: `value` has the escapes resolved, the span includes the quotes. */
export interface Text extends Span {
  readonly value: string;
}

/** A decimal or hexadecimal number. `value` is exact up to 2^53, `Infinity` above. */
export interface Numeral extends Span {
  readonly text: string;
  readonly value: number;
}

export type SizeUnit = "B" | "KiB" | "MiB" | "GiB" | "K" | "M" | "G";

/** A number with an optional unit; the span covers both. `unit` null: as the property says (bytes for `size`). */
export interface Size extends Span {
  readonly number: Numeral;
  readonly unit: SizeUnit | null;
}

/** `4 pages` or a size. */
export type Amount =
  | (Span & { readonly kind: "pages"; readonly number: Numeral })
  | (Span & { readonly kind: "size"; readonly size: Size });

export type TimeUnit = (typeof TIME_UNITS)[number];

/** `20 ms`, `3 tries`. */
export interface Time extends Span {
  readonly number: Numeral;
  readonly unit: TimeUnit;
}

/** Behind `for`: `ever`, `20 ms`, `about 20 ms`, `1 ms .. 5 ms`. */
export type Duration =
  | (Span & { readonly kind: "ever" })
  | (Span & { readonly kind: "exactly" | "about"; readonly time: Time })
  | (Span & { readonly kind: "between"; readonly from: Time; readonly to: Time });

/** `6.12`, `6.12.117`, `android-6.18`, `7.x-dev`: kept as written. */
export interface Version extends Span {
  readonly text: string;
}

// Masks ---------------------------------------------------------------------------------------------------------------

export type Mask =
  | (Span & { readonly kind: "name"; readonly text: string })
  | (Span & { readonly kind: "call"; readonly callee: Name; readonly argument: Mask })
  | (Span & { readonly kind: "number"; readonly numeral: Numeral })
  | (Span & { readonly kind: "or"; readonly operands: readonly Mask[] })
  | (Span & { readonly kind: "and"; readonly operands: readonly Mask[] })
  | (Span & { readonly kind: "not"; readonly operand: Mask })
  /** `CONDITION ? MASK : MASK`: the condition holds where it is not 0. */
  | (Span & { readonly kind: "choice"; readonly operands: readonly [Mask, Mask, Mask] })
  /** `==` and `!=`, and `!`: conditions, 1 or 0 as in C. */
  | (Span & { readonly kind: "equal"; readonly isEqual: boolean; readonly operands: readonly [Mask, Mask] })
  | (Span & { readonly kind: "zero"; readonly operand: Mask })
  | (Span & { readonly kind: "paren"; readonly inner: Mask })
  | (Span & { readonly kind: "missing" });

// Predicates ----------------------------------------------------------------------------------------------------------

export type MaskTest = "has" | "any" | "lacks" | "only" | "is";
export type SizeMeasure = "order" | "size" | "pages";
export type Comparison = "<" | "<=" | ">" | ">=" | "==";
export type ModelTest = "sleeps" | "may_oom" | "may_fail";

export type Predicate =
  | (Span & { readonly kind: "mask"; readonly test: MaskTest; readonly mask: Mask })
  | (Span & { readonly kind: "in"; readonly context: Name | null })
  | (Span & {
      readonly kind: "measure";
      readonly measure: SizeMeasure;
      readonly comparison: Comparison;
      readonly size: Size | null;
    })
  | (Span & { readonly kind: "model"; readonly test: ModelTest })
  | (Span & { readonly kind: "or"; readonly operands: readonly Predicate[] })
  | (Span & { readonly kind: "and"; readonly operands: readonly Predicate[] })
  | (Span & { readonly kind: "not"; readonly operand: Predicate })
  | (Span & { readonly kind: "paren"; readonly inner: Predicate })
  | (Span & { readonly kind: "missing" });

// Headers -------------------------------------------------------------------------------------------------------------

export interface KernelHeader extends Span {
  readonly kind: "kernel";
  readonly doc: string | null;
  /** The versions written; with `range` exactly two, the first and the last. */
  readonly versions: readonly Version[];
  readonly range: boolean;
}

export interface ConfigSetting extends Span {
  readonly option: Name;
  /** A size for `page`. */
  readonly value: "on" | "off" | Size | null;
}

export interface ConfigHeader extends Span {
  readonly kind: "config";
  readonly doc: string | null;
  readonly settings: readonly ConfigSetting[];
}

export interface ImportHeader extends Span {
  readonly kind: "import";
  readonly doc: string | null;
  readonly path: Text | null;
}

export type Header = KernelHeader | ConfigHeader | ImportHeader;

// Declarations --------------------------------------------------------------------------------------------------------

interface DeclarationBase extends Span {
  /** The text of the `///` lines before it, without the slashes. */
  readonly doc: string | null;
  readonly name: Name | null;
}

export interface FlagsDeclaration extends DeclarationBase {
  readonly kind: "flags";
  readonly value: Mask;
}

/** A flag that no kernel has yet: a bit with a name. */
export interface FlagDeclaration extends DeclarationBase {
  readonly kind: "flag";
}

export interface TransformDeclaration extends DeclarationBase {
  readonly kind: "transform";
  readonly parameter: Name | null;
  readonly body: Mask;
}

/** A function in C that calls one that the model knows: `own_alloc(f, n, gfp) = kmalloc(n, gfp | __GFP_ZERO)`. */
export interface AllocatorDeclaration extends DeclarationBase {
  readonly kind: "allocator";
  readonly parameters: readonly Name[];
  readonly callee: Name | null;
  /** In the order of the callee's own parameters. A parameter, a number or a mask. */
  readonly arguments: readonly Mask[];
}

export type ContextItem =
  | (Span & { readonly kind: "in"; readonly context: Name | null })
  | (Span & { readonly kind: "holds"; readonly lock: Name | null; readonly label: Text | null })
  | (Span & { readonly kind: "scope"; readonly scopes: readonly Name[] })
  /** Functions in C that run in the context: by name, or in a file, `"drivers/net/foo.c:foo_tx_done"`. */
  | (Span & { readonly kind: "for"; readonly functions: readonly (Name | Text)[] })
  /** Functions in C between which the context is in force: a lock of a subsystem. */
  | (Span & { readonly kind: "between"; readonly takes: Name | null; readonly gives: Name | null });

/** What a declared scope does to the mask of a request that is made in it. */
export type ScopeItem = Span & EachKind<"clears" | "adds", { readonly mask: Mask }>;

/** A scope of tasks that no kernel has yet, as memalloc_nofs_save() opens one: what it does to masks. */
export interface ScopeDeclaration extends DeclarationBase {
  readonly kind: "scope";
  readonly items: readonly ScopeItem[];
}

export interface ContextDeclaration extends DeclarationBase {
  readonly kind: "context";
  readonly like: Name | null;
  readonly items: readonly ContextItem[];
}

/** One member for each kind, so that a kind picks its member out. */
type EachKind<K extends string, Fields> = { [Kind in K]: { readonly kind: Kind } & Fields }[K];

export type CacheFact =
  | (Span & EachKind<"ctor" | "dma" | "account" | "reclaimable", unknown>)
  | (Span & { readonly kind: "size"; readonly size: Size | null });

/** `sleeps never`, `zone Normal`, `retries 3`, `succeeds`, `succeeds in 95 %`. */
export interface Fact extends Span {
  readonly name: Name;
  readonly value: Name | Numeral | null;
  /** In percent; null: no share is told. */
  readonly share: Numeral | null;
}

/** A property of a request; `keyword` is the property's own word. */
export type Property = Span & { readonly keyword: Span } & (
    | { readonly kind: "api"; readonly api: Name | null }
    | { readonly kind: "size"; readonly size: Size | null }
    | EachKind<NumberProperty, { readonly number: Numeral | null }>
    | { readonly kind: "flags"; readonly mask: Mask }
    | { readonly kind: "context"; readonly context: Name | null }
    | { readonly kind: "node"; readonly node: Numeral | "any" | null }
    | { readonly kind: "zone"; readonly zone: Name | null }
    | { readonly kind: "cache"; readonly facts: readonly CacheFact[] }
    | { readonly kind: "handles"; readonly handles: "null" | "nothing" | null; readonly value: Span }
    | { readonly kind: "fallback"; readonly request: Name | null }
    | { readonly kind: "policy"; readonly policies: readonly Name[] }
    | { readonly kind: "expect"; readonly facts: readonly Fact[] }
    | { readonly kind: "waive"; readonly rule: Name | null; readonly because: Text | null }
  );

export interface RequestDeclaration extends DeclarationBase {
  readonly kind: "request";
  readonly like: Name | null;
  readonly properties: readonly Property[];
}

/** `drain lru | pcp`, `retries 5`. */
export interface Effect extends Span {
  readonly name: Name;
  readonly values: readonly Name[] | Numeral | null;
}

export type Clause = Span & { readonly keyword: Span } & (
    | EachKind<"allow" | "forbid" | "warn", { readonly predicate: Predicate; readonly because: Text | null }>
    | {
        readonly kind: "require";
        readonly predicate: Predicate;
        readonly when: Predicate;
        readonly because: Text | null;
      }
    | { readonly kind: "ignore"; readonly masks: readonly Mask[]; readonly because: Text | null }
    /** `when` null: `otherwise`. */
    | {
        readonly kind: "mode";
        readonly name: Name | null;
        readonly when: Predicate | null;
        readonly effects: readonly Effect[];
      }
    | {
        readonly kind: "stage";
        readonly name: Name | null;
        readonly honours: readonly Mask[];
        readonly internal: boolean;
      }
  );

export interface PolicyDeclaration extends DeclarationBase {
  readonly kind: "policy";
  readonly like: Name | null;
  readonly apis: readonly Name[];
  readonly clauses: readonly Clause[];
}

export type ZoneFact = Span & { readonly keyword: Span } & (
    | EachKind<MemoryWordOf<"zone", "amount">, { readonly amount: Amount | null }>
    | EachKind<
        MemoryWordOf<"zone", "cached">,
        { readonly amount: Amount | null /** In percent. */; readonly returning: Numeral | null }
      >
    | {
        readonly kind: "pinned";
        readonly mapped: boolean;
        readonly amount: Amount | null;
        /** Null: for ever, as it is where nothing is said. */
        readonly lasts: Duration | null;
      }
    | {
        readonly kind: "free";
        /** The migratetype; null: of all together. */
        readonly of: (typeof FREE_KINDS)[number] | null;
        readonly blocks: readonly (Span & { readonly order: Numeral; readonly count: Numeral })[];
      }
    | EachKind<
        MemoryWordOf<"zone", "marks">,
        { readonly marks: readonly (Span & { readonly name: Name; readonly amount: Amount })[] }
      >
    | { readonly kind: "range"; readonly facts: readonly ZoneFact[] }
  );

export interface ZoneBlock extends Span {
  readonly name: Name | null;
  readonly facts: readonly ZoneFact[];
}

/** `kswapd awake`, `kswapd 4 MiB`. */
export interface KswapdFact extends Span {
  readonly kind: "kswapd";
  readonly keyword: Span;
  readonly value: (typeof KSWAPD_STATES)[number] | Amount | null;
}

export interface NodeBlock extends Span {
  readonly number: Numeral | null;
  readonly facts: readonly KswapdFact[];
  readonly zones: readonly ZoneBlock[];
}

/** `cpus 16`, `try 50 us`. */
export type MachineFact = Span & { readonly keyword: Span } & (
    | { readonly kind: "cpus"; readonly number: Numeral | null }
    | { readonly kind: "try"; readonly time: Time | null }
  );

export interface MemoryDeclaration extends DeclarationBase {
  readonly kind: "memory";
  readonly like: Name | null;
  readonly source:
    | { readonly kind: "nodes"; readonly facts: readonly MachineFact[]; readonly nodes: readonly NodeBlock[] }
    | {
        readonly kind: "from";
        /** A kernel log, as an `import` names a file. */
        readonly path: Text;
        /** Which of its reports, from 1; null: the first. */
        readonly report: Numeral | null;
      }
    | null;
}

export type ExpectForm =
  | (Span & {
      readonly kind: "facts";
      readonly on: Name | null;
      /** The mode that it is worked in, whatever the mask selects. */
      readonly as: Name | null;
      readonly facts: readonly Fact[];
    })
  | (Span & EachKind<"forbids" | "allows", { readonly mask: Mask }>)
  | (Span & { readonly kind: "within"; readonly policy: Name | null })
  /** `claim`: from `gives` on, without the condition. */
  | (Span & {
      readonly kind: "gives";
      readonly when: Predicate | null;
      readonly gives: Predicate;
      readonly claim: Span;
    });

/** `name` is the declaration that it speaks about. The span of the form is what a failing one marks. */
export interface ExpectDeclaration extends DeclarationBase {
  readonly kind: "expect";
  readonly form: ExpectForm | null;
}

export type Declaration =
  | FlagsDeclaration
  | FlagDeclaration
  | TransformDeclaration
  | AllocatorDeclaration
  | ContextDeclaration
  | ScopeDeclaration
  | RequestDeclaration
  | PolicyDeclaration
  | MemoryDeclaration
  | ExpectDeclaration;

export type Item = Header | Declaration;

/** What is wrong with the text itself. Offsets as in the tree. */
export interface Problem extends Span {
  readonly message: string;
  /** A replacement that mends it, where there is one to offer. */
  readonly fix?: { readonly title: string; readonly start: number; readonly end: number; readonly text: string };
}
