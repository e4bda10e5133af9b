/** A file of an initial file system. */
export interface CpioFile {
  readonly name: string;
  /** Permissions, such as 0o755. */
  readonly mode: number;
  readonly content: Uint8Array;
}

const REGULAR = 0o100000;

/** Headers, names and contents begin at multiples of four bytes. */
const padding = (bytes: number): Buffer => Buffer.alloc((4 - (bytes % 4)) % 4);

function entry({ name, mode, content }: CpioFile, inode: number): Buffer {
  const fields = [inode, mode === 0 ? 0 : REGULAR | mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = Buffer.from(
    `070701${fields.map((field) => field.toString(16).toUpperCase().padStart(8, "0")).join("")}${name}\0`,
    "latin1",
  );
  return Buffer.concat([head, padding(head.length), content, padding(content.length)]);
}

/**
 * An archive in the "newc" form that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst): the same
 * files give the same bytes.
 */
export function cpioOf(files: readonly CpioFile[]): Buffer {
  const entries = files.map((file, index) => entry(file, index + 1));
  return Buffer.concat([...entries, entry({ name: "TRAILER!!!", mode: 0, content: new Uint8Array() }, 0)]);
}
