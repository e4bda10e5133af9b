/** The flags of a release before the model begins: names as written in C, values, and what its composites expand to. */
export interface OlderHeader {
  readonly release: string;
  /** Where they were read, and what is recalled. */
  readonly source: string;
  readonly flags: ReadonlyMap<string, number>;
  /** In the order in which `%pGg` prints them (4.6 and later), most bits first; before, only the number was printed. */
  readonly composites: ReadonlyMap<string, number>;
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
}
