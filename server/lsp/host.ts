/** What the server needs of the machine that it runs on. The Node door reads the disk; the browser door has no files. */
export interface Host {
  /** Whether files of this kind of uri can be read at all; of those that cannot, none is said to be missing. */
  readonly canRead: (uri: string) => boolean;
  /** The text of a file, or null when there is none or it cannot be read. */
  readonly readFile: (uri: string) => Promise<string | null>;
  /** The `.allocpolicy` files below a folder; at most `limit` of them. */
  readonly listPolicies: (folderUri: string, limit: number) => Promise<readonly string[]>;
}

export const NO_FILES: Host = {
  canRead: () => false,
  readFile: () => Promise.resolve(null),
  listPolicies: () => Promise.resolve([]),
};
