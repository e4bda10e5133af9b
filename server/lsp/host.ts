/** What reading a file gives: its text, or why there is none, as the end of a sentence about the file. */
export type FileContent = { readonly text: string } | { readonly unreadable: string };

/**
 * What the server needs of the machine that it runs on. The Node door reads the disk; the browser door has no files.
 */
export interface Host {
  /** Whether files of this kind of uri can be read at all; of those that cannot, none is said to be missing. */
  readonly canRead: (uri: string) => boolean;
  /** Never rejects; may take for ever, for a file on a disk that hangs. */
  readonly readFile: (uri: string) => Promise<FileContent>;
  /** The uris of the files below a folder whose names are wanted; at most `limit` of them. */
  readonly listFiles: (
    folderUri: string,
    isWanted: (name: string) => boolean,
    limit: number,
  ) => Promise<readonly string[]>;
  /** The folder beside the program that has the rules' pages, as a uri with its slash; left out: there is none. */
  readonly rulePages?: string;
  /** Called when all is done that can be done before the first document, and that is not there yet. */
  readonly ready?: () => void;
  /** Called when a document was edited: from then on someone types. */
  readonly edited?: () => void;
  /** Called when the findings of one document take long. */
  readonly worksLong?: () => void;
  /** How long reads are waited for, in milliseconds, when none of them comes to an end; left out: a second. */
  readonly patienceMs?: number;
  /** A clock in milliseconds; left out: that of the machine. */
  readonly now?: () => number;
}

export const NO_FILES: Host = {
  canRead: () => false,
  readFile: () => Promise.resolve({ unreadable: "there is no file system" }),
  listFiles: () => Promise.resolve([]),
};
