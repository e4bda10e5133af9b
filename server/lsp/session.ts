import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Workspace } from "../documents/workspace.ts";
import { importsOf, isPolicyFile, policyFile } from "../policy-language/policy-files.ts";
import { FileTable } from "./file-table.ts";
import { Folder, folderOf } from "./folders.ts";
import type { Host } from "./host.ts";
import { editLines, linesOf, offsetAt } from "../../grammar/lines.ts";

/** How many files of a folder are read to know its names. */
const MOST_FILES_IN_FOLDER = 2000;

/** A document that the client has open: its text counts, not the disk's. */
interface OpenDocument {
  readonly version: number;
  readonly file: SourceFile;
}

/** A file that is being read, and the folders that want it. */
interface Read {
  readonly folders: Set<Folder>;
  /** It changed while it was read: what comes is old. */
  again: boolean;
  /** Ends when the file was read, however long that takes. */
  readonly done: Promise<void>;
}

/** Someone may be waiting for a read: `end` lets them go on. */
interface Wait {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** How long reads are waited for when none of them comes to an end. What a hanging disk gives later is used when it comes. */
const PATIENCE_MS = 1000;

/** A document or file that the server does not have; the client is told so. */
class UnknownDocument extends Error {}

/**
 * What one client has open, in which folders, under which settings. All changes go through here; requests read the
 * immutable workspaces.
 */
export class Session {
  readonly files = new FileTable();
  readonly #host: Host;
  readonly #open = new Map<string, OpenDocument>();
  #folders: readonly Folder[] = [new Folder(null)];
  /** Reads in flight, by key. */
  readonly #reading = new Map<string, Read>();
  /** Those of them that are still waited for. */
  readonly #waits = new Map<string, Wait>();
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** Called when files that were read change what is known about others. */
  readonly #onFilesRead: () => void;

  constructor(host: Host, onFilesRead: () => void) {
    this.#host = host;
    this.#onFilesRead = onFilesRead;
  }

  get folders(): readonly Folder[] {
    return this.#folders;
  }

  /** Adds and removes folders; open documents move to the folder that they now belong to. */
  changeFolders(added: readonly string[], removed: readonly string[]): void {
    const gone = new Set(removed.map((uri) => this.files.key(uri)));
    const kept = this.#folders.filter((folder) => folder.uri === null || !gone.has(folder.uri));
    const known = new Set(kept.map((folder) => folder.uri));
    const fresh = added.map((uri) => this.files.key(uri)).filter((uri) => !known.has(uri));
    this.#folders = [...kept, ...fresh.map((uri) => new Folder(uri))];
    for (const [key, document] of this.#open) this.#span(key, document.file);
  }

  /** The uris of open documents, by key. */
  openDocuments(): readonly string[] {
    return [...this.#open.keys()];
  }

  versionOf(key: string): number | null {
    return this.#open.get(key)?.version ?? null;
  }

  open(uri: string, version: number, text: string): string {
    const key = this.files.key(uri);
    this.#open.set(key, { version, file: parseFile(text) });
    this.#span(key, this.#openFile(key));
    return key;
  }

  /** Applies the changes in order, each to the text that the one before left. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): string {
    const key = this.files.key(uri);
    let file = this.#openFile(key);
    for (const change of changes) file = this.#apply(file, change);
    this.#open.set(key, { version, file });
    this.#span(key, file);
    return key;
  }

  /** The disk's text counts again, where the folder or an import wants the file. */
  async close(uri: string): Promise<void> {
    const key = this.files.key(uri);
    this.#open.delete(key);
    await this.reread(key);
  }

  /** Reads a file again that changed on disk, or that was closed; an open document stays as it is. */
  async reread(key: string): Promise<void> {
    if (this.#open.has(key)) return;
    const interested = this.#folders.filter(
      (folder) => folder.knows(key) || (folder.scan !== null && folderOf(this.#folders, key) === folder),
    );
    if (this.#reading.has(key) || (interested.length > 0 && this.#host.canRead(key))) {
      await this.#read(key, interested, true);
      return;
    }
    if (interested.length === 0) return;
    for (const folder of interested) folder.remove(key);
    this.#onFilesRead();
  }

  folder(key: string): Folder {
    return folderOf(this.#folders, key);
  }

  /** The workspace of a document, and the document's file in it. */
  document(uri: string): {
    readonly key: string;
    readonly workspace: Workspace;
    readonly file: SourceFile;
    readonly folder: Folder;
  } {
    const key = this.files.key(uri);
    const folder = this.folder(key);
    const file = policyFile(folder.workspace, key);
    if (file === undefined) throw new UnknownDocument(`${uri} is not open.`);
    return { key, workspace: folder.workspace, file, folder };
  }

  /** Ends when all files that are wanted so far were read, or no more of them come. */
  async settled(): Promise<void> {
    while (this.#waits.size > 0) await Promise.all([...this.#waits.values()].map(({ ended }) => ended));
  }

  /** The same for what one file imports, directly or through others: for nothing else that is being read. */
  async importsSettled(key: string): Promise<void> {
    for (let open = this.#waitsOf(key); open.length > 0; open = this.#waitsOf(key))
      await Promise.all(open.map(({ ended }) => ended));
  }

  /** Whether `importsSettled` would wait. */
  isWaiting(key: string): boolean {
    return this.#waitsOf(key).length > 0;
  }

  #waitsOf(key: string): readonly Wait[] {
    if (this.#waits.size === 0) return [];
    const { documents } = this.folder(key).workspace;
    const found: Wait[] = [];
    const seen = new Set([key]);
    for (const uri of seen) {
      const wait = this.#waits.get(uri);
      if (wait !== undefined) found.push(wait);
      const document = documents.get(uri);
      if (isPolicyFile(document)) for (const wanted of importsOf(uri, document)) seen.add(wanted);
    }
    return found;
  }

  /** Reads the policies of all folders from disk, once each. */
  async scanFolders(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => (folder.scan ??= this.#scan(folder))));
    await this.settled();
  }

  async #scan(folder: Folder): Promise<void> {
    if (folder.uri === null || !this.#host.canRead(folder.uri)) return;
    const uris = await this.#host.listPolicies(this.files.clientUri(folder.uri), MOST_FILES_IN_FOLDER);
    for (const uri of uris) {
      const key = this.files.key(uri);
      if (folderOf(this.#folders, key) === folder) this.#want(key, folder);
    }
  }

  #openFile(key: string): SourceFile {
    const document = this.#open.get(key);
    if (document === undefined) throw new UnknownDocument(`${key} is not open.`);
    return document.file;
  }

  #apply(file: SourceFile, change: TextDocumentContentChangeEvent): SourceFile {
    if (!("range" in change)) {
      const next = parseFile(change.text);
      this.files.setLines(next, linesOf(change.text));
      return next;
    }
    const lines = this.files.lines(file);
    const from = offsetAt(lines, change.range.start, file.text);
    const to = offsetAt(lines, change.range.end, file.text);
    const edit = { start: Math.min(from, to), end: Math.max(from, to), text: change.text };
    const next = editFile(file, edit);
    this.files.setLines(next, editLines(lines, edit.start, edit.end, edit.text, next.text));
    return next;
  }

  /** Puts an open file into its folder and into every other that imports it, and asks for its imports. */
  #span(key: string, file: SourceFile): void {
    const own = this.folder(key);
    const interested = this.#folders.filter((folder) => folder === own || folder.knows(key));
    for (const folder of interested) folder.put(key, file);
    this.#readImports(key, file, interested);
  }

  #readImports(key: string, file: SourceFile, folders: readonly Folder[]): void {
    for (const wanted of importsOf(key, file)) {
      for (const folder of folders) if (!folder.knows(wanted)) this.#want(wanted, folder);
    }
  }

  /** Gives a folder a file that it does not have: the open document, or what will be read from disk. */
  #want(key: string, folder: Folder): void {
    const document = this.#open.get(key);
    if (document !== undefined) folder.put(key, document.file);
    else if (this.#host.canRead(key)) void this.#read(key, [folder], false);
  }

  /** Reads a file, once however many folders want it; `changed`: what is being read already is out of date. */
  #read(key: string, folders: readonly Folder[], changed: boolean): Promise<void> {
    const running = this.#reading.get(key);
    if (running !== undefined) {
      for (const folder of folders) running.folders.add(folder);
      running.again ||= changed;
      return running.done;
    }
    const wanted = new Set(folders);
    const read: Read = { folders: wanted, again: false, done: this.#readNow(key, wanted) };
    this.#reading.set(key, read);
    this.#waits.set(key, newWait());
    this.#restartPatience();
    return read.done;
  }

  async #readNow(key: string, folders: ReadonlySet<Folder>): Promise<void> {
    let content = await this.#host.readFile(this.files.clientUri(key));
    for (let read = this.#reading.get(key); read?.again === true; ) {
      read.again = false;
      content = await this.#host.readFile(this.files.clientUri(key));
    }
    this.#reading.delete(key);
    const opened = this.#open.get(key);
    const file = opened?.file ?? ("text" in content ? parseFile(content.text) : null);
    for (const folder of folders) {
      if (file === null) folder.putMissing(key);
      else folder.put(key, file);
    }
    if (file !== null) this.#readImports(key, file, [...folders]);
    const wait = this.#waits.get(key);
    this.#waits.delete(key);
    wait?.end();
    this.#restartPatience();
    // What nobody waits for any more is news whenever it comes.
    if (wait === undefined || this.#waits.size === 0) this.#onFilesRead();
  }

  #restartPatience(): void {
    clearTimeout(this.#patience);
    if (this.#waits.size > 0) this.#patience = setTimeout(() => this.#waitNoLonger(), PATIENCE_MS);
  }

  #waitNoLonger(): void {
    const waits = [...this.#waits.values()];
    this.#waits.clear();
    for (const { end } of waits) end();
    this.#onFilesRead();
  }
}

function newWait(): Wait {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}
