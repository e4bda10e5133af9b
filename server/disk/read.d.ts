/** What reading a file gives: its bytes, or why there are none, as the end of a sentence about the file. */
export type FileBytes =
  | {
      readonly bytes: Buffer;
    }
  | {
      readonly unreadable: string;
    };
/** No policy is larger; a file that is was not written by hand. */
export declare const LARGEST_FILE_BYTES: number;
/**
 * The bytes of a regular file of at most `LARGEST_FILE_BYTES`, links followed. Everything else is refused without being
 * read, most of it without being opened: pipes and devices can wait, never end, or do something. Never throws.
 */
export declare function readFileBytesSync(path: string): FileBytes;
/** The same without keeping the program waiting. On a disk that hangs the promise does not settle; it never rejects. */
export declare function readFileBytes(path: string): Promise<FileBytes>;
/** Why the file system refused, in words, as the end of a sentence about the file. */
export declare function reasonOf(error: unknown): string;
