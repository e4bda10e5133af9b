import type { BuildOptions } from "../build-options.ts";
import type { Features } from "../features.ts";

/** The flags of a release before the model begins: names as written in C, values, and what its composites expand to. */
export interface OlderHeader {
  readonly release: string;
  /** Where they were read, and what is recalled. */
  readonly source: string;
  readonly flags: ReadonlyMap<string, number>;
  /** In the order in which `%pGg` prints them (4.6 and later), most bits first; before, only the number was printed. */
  readonly composites: ReadonlyMap<string, number>;
  /** Of what the oldest release of the model does, what this one is known to do otherwise. */
  readonly features: Partial<Features>;
  /** Build options that it does not have at all. */
  readonly options: Partial<BuildOptions>;
}

/** What a header has otherwise than the one before it. */
export interface OlderChange {
  /** The first release that has it. */
  readonly since: string;
  readonly source: string;
  readonly flags?: Readonly<Record<string, number>>;
  readonly without?: readonly string[];
  /** The composites, where any of them changed, and what each expands to. */
  readonly composites?: Readonly<Record<string, readonly string[]>>;
  /** Features that it has otherwise than the oldest release of the model; all of them, where any of them changed. */
  readonly features?: Partial<Features>;
  /** The same of build options. */
  readonly options?: Partial<BuildOptions>;
}
