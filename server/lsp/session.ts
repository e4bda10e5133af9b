import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { LSPErrorCodes, ResponseError } from "./library.ts";
import type { Edit } from "../../grammar/source-file.ts";
import { editLines, linesOf, offsetAt } from "../../grammar/lines.ts";
import type { Document } from "../documents/document.ts";
import type { Workspace } from "../documents/workspace.ts";
import { rootsFor, isInside } from "../documents/roots.ts";
import { kindOfDocument, kindOfFile, type DocumentKind, type DocumentReference } from "../service/document-kind.ts";
import { goOn, type Step } from "../service/steps.ts";
import { LineBuffer } from "./line-buffer.ts";
import { FileTable } from "./file-table.ts";
import { Folder, folderOf } from "./folders.ts";
import type { Host } from "./host.ts";

/** More changes than this in one message are applied together. */
const FEW_CHANGES = 8;

/** A document after a change, and where it was changed. */
interface Changed {
  readonly document: Document;
  readonly at: number;
}

/** How many files of a folder are read to know its names. */
const MOST_FILES_IN_FOLDER = 2000;

/** A document that the client has open: its text counts, not the disk's. */
interface OpenDocument {
  /** Null where the client counts none. */
  readonly version: number | null;
  readonly document: Document;
  readonly lastEdit: LastEdit | null;
}

/** Where a document was changed last, and when (milliseconds, as `Date.now()`). */
export interface LastEdit {
  readonly offset: number;
  readonly at: number;
}

/** A file that is being read, as a document of which kind, and the folders that want it. */
interface Read {
  readonly kind: DocumentKind;
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

/**
 * How long reads are waited for when none of them comes to an end. What a hanging disk gives later is used when it
 * comes.
 */
const PATIENCE_MS = 1000;

/**
 * A document or file that the server does not have, or that no kind takes. Editors ask about files that were closed,
 * renamed or deleted a moment ago: the code says that the question is out of date, so that they show nobody an error.
 */
class UnknownDocument extends ResponseError<never> {
  constructor(message: string) {
    super(LSPErrorCodes.ContentModified, message);
  }
}

/** A document of a workspace, as requests ask about it. */
export interface KnownDocument {
  readonly key: string;
  readonly workspace: Workspace;
  readonly document: Document;
  readonly kind: DocumentKind;
  readonly folder: Folder;
}

/**
 * What one client has open, in which folders, under which settings. All changes go through here; requests read the
 * immutable workspaces.
 */
export class Session {
  readonly files = new FileTable();
  readonly #host: Host;
  readonly #kinds: readonly DocumentKind[];
  readonly #open = new Map<string, OpenDocument>();
  #folders: readonly Folder[] = [new Folder(null)];
  /** Reads in flight, by key. */
  readonly #reading = new Map<string, Read>();
  /** Those of them that are still waited for. */
  readonly #waits = new Map<string, Wait>();
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** When somebody asked or changed something last, as `Date.now()`. */
  #asked = 0;
  /** Called when files that were read change what is known about others. */
  readonly #onFilesRead: () => void;

  constructor(host: Host, kinds: readonly DocumentKind[], onFilesRead: () => void) {
    this.#host = host;
    this.#kinds = kinds;
    this.#onFilesRead = onFilesRead;
  }

  /** For how long nobody has asked about a document or changed one, in milliseconds. */
  idleMs(): number {
    return Date.now() - this.#asked;
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
    const roots = this.#folders.flatMap(({ uri }) => (uri === null ? [] : [uri]));
    for (const folder of this.#folders) folder.setRoots(roots);
    for (const [key, { document }] of this.#open) this.#span(key, document);
  }

  /** The uris of open documents, by key. */
  openDocuments(): readonly string[] {
    return [...this.#open.keys()];
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  /** As the client counts; null for a document that is not open, and where it does not count. */
  versionOf(key: string): number | null {
    return this.#open.get(key)?.version ?? null;
  }

  /** Null for a document that was not changed since it was opened. */
  lastEdit(key: string): LastEdit | null {
    return this.#open.get(key)?.lastEdit ?? null;
  }

  /** @throws UnknownDocument when no kind takes the document */
  open(uri: string, languageId: string, version: number | null, text: string): void {
    const key = this.files.key(uri);
    const kind = kindOfDocument(this.#kinds, languageId, key);
    if (kind === null) throw new UnknownDocument(`${uri}: no kind of documents has the language ${languageId}.`);
    const document = kind.open(text);
    this.#open.set(key, { version, document, lastEdit: null });
    this.#span(key, document);
  }

  /** Applies the changes in order, each to the text that the one before left. */
  change(uri: string, version: number | null, changes: readonly TextDocumentContentChangeEvent[]): void {
    const key = this.files.key(uri);
    const opened = this.#open.get(key);
    if (opened === undefined) throw new UnknownDocument(`${uri} is not open.`);
    const { document, at } =
      changes.length > FEW_CHANGES
        ? this.#applyAll(opened.document, changes)
        : changes.reduce((before, change) => this.#apply(before.document, change), {
            document: opened.document,
            at: opened.lastEdit?.offset ?? 0,
          });
    this.#asked = Date.now();
    this.#open.set(key, { version, document, lastEdit: { offset: at, at: this.#asked } });
    this.#span(key, document);
    this.#host.edited?.();
  }

  /** The findings of one document take long. */
  worksLong(): void {
    this.#host.worksLong?.();
  }

  /** The disk's text counts again, where the folder or a document that refers to the file wants it. */
  async close(uri: string): Promise<void> {
    const key = this.files.key(uri);
    this.#open.delete(key);
    this.#forgetOutside();
    await this.reread(key);
  }

  /** Of what lies in no folder of the client stays what is open, and what that refers to. */
  #forgetOutside(): void {
    for (const folder of this.#folders) {
      if (folder.uri !== null) continue;
      const { documents } = folder.workspace;
      const roots = this.#rootsOf(folder);
      const wanted = new Set(this.#open.keys());
      for (const key of wanted) {
        const document = documents.get(key);
        if (document !== undefined) for (const { uri } of this.#referencesOf(key, document, roots)) wanted.add(uri);
      }
      const forgotten = [...documents.keys()].filter((key) => !wanted.has(key));
      for (const key of forgotten) folder.remove(key);
      if (forgotten.length > 0) this.#onFilesRead();
    }
  }

  /** Reads a file again that changed on disk, or that was closed; an open document stays as it is. */
  async reread(key: string): Promise<void> {
    if (this.#open.has(key)) return;
    const interested = this.#folders.filter(
      (folder) =>
        folder.knows(key) || (folder.uri !== null && folder.scan !== null && folderOf(this.#folders, key) === folder),
    );
    const reading = this.#reading.get(key);
    const kind = reading?.kind ?? this.#kindWanted(key, interested);
    if (kind !== null && (reading !== undefined || (interested.length > 0 && this.#host.canRead(key)))) {
      await this.#read(key, kind, interested, true);
      return;
    }
    if (interested.length === 0) return;
    for (const folder of interested) folder.remove(key);
    this.#onFilesRead();
  }

  /** The files below a folder whose names are wanted, by key; at most `limit`. */
  async filesBelow(folder: string, isWanted: (name: string) => boolean, limit: number): Promise<readonly string[]> {
    if (!this.#host.canRead(folder)) return [];
    const uris = await this.#host.listFiles(this.files.clientUri(folder), isWanted, limit);
    return uris.map((uri) => this.files.key(uri));
  }

  /** Whether a folder of the client has a file of that name; false where that cannot be read. */
  async hasBeside(name: string): Promise<boolean> {
    for (const { uri } of this.#folders) {
      if (uri === null || !this.#host.canRead(uri)) continue;
      const content = await this.#host.readFile(this.files.clientUri(`${uri.replace(/\/$/, "")}/${name}`));
      if ("text" in content) return true;
    }
    return false;
  }

  /** The text of a document that is open, else of a file on disk; null where it cannot be read. */
  async textOf(key: string): Promise<string | null> {
    const opened = this.#open.get(key);
    if (opened !== undefined) return opened.document.text;
    if (!this.#host.canRead(key)) return null;
    const content = await this.#host.readFile(this.files.clientUri(key));
    return "text" in content ? content.text : null;
  }

  folder(key: string): Folder {
    return folderOf(this.#folders, key);
  }

  /** @throws UnknownDocument when it is neither open nor read */
  document(uri: string): KnownDocument {
    this.#asked = Date.now();
    const known = this.find(this.files.key(uri));
    if (known === null) throw new UnknownDocument(`${uri} is not open.`);
    return known;
  }

  /** The document in the workspace of its folder; null when the folder does not have it. */
  find(key: string): KnownDocument | null {
    const folder = this.folder(key);
    const { workspace } = folder;
    const document = workspace.documents.get(key);
    const kind = document === undefined ? null : this.#kindNamed(document.kind);
    return document === undefined || kind === null ? null : { key, workspace, document, kind, folder };
  }

  /** All documents that are known, each in the folder that it belongs to. */
  *all(): Generator<KnownDocument> {
    for (const folder of this.#folders) {
      for (const key of folder.workspace.documents.keys()) {
        if (this.folder(key) !== folder) continue;
        const known = this.find(key);
        if (known !== null) yield known;
      }
    }
  }

  /** Ends when all files that are wanted so far were read, or no more of them come; a step for each. */
  async settled(step: Step = goOn): Promise<void> {
    const most = this.#waits.size;
    for (let [wait] = this.#waits.values(); wait !== undefined; [wait] = this.#waits.values()) {
      await wait.ended;
      const left = this.#waits.size;
      await step(Math.max(0, most - left), Math.max(most, left));
    }
  }

  /** The same for what one document refers to, directly or through others: for nothing else that is being read. */
  async referencesSettled(key: string): Promise<void> {
    for (let open = this.#waitsOf(key); open.length > 0; open = this.#waitsOf(key))
      await Promise.all(open.map(({ ended }) => ended));
  }

  /** Whether `referencesSettled` would wait. */
  isWaiting(key: string): boolean {
    return this.#waitsOf(key).length > 0;
  }

  #waitsOf(key: string): readonly Wait[] {
    if (this.#waits.size === 0) return [];
    const { documents, roots: given } = this.folder(key).workspace;
    const roots = rootsFor(given, key);
    const found: Wait[] = [];
    const seen = new Set([key]);
    for (const uri of seen) {
      const wait = this.#waits.get(uri);
      if (wait !== undefined) found.push(wait);
      const document = documents.get(uri);
      if (document !== undefined) for (const wanted of this.#referencesOf(uri, document, roots)) seen.add(wanted.uri);
    }
    return found;
  }

  /** Reads the documents of all folders from disk, once each; a step for each that is waited for. */
  async scanFolders(step: Step = goOn): Promise<void> {
    await Promise.all(this.#folders.map((folder) => (folder.scan ??= this.#scan(folder))));
    await this.settled(step);
  }

  async #scan(folder: Folder): Promise<void> {
    if (folder.uri === null || !this.#host.canRead(folder.uri)) return;
    const isListed = (name: string): boolean => kindOfFile(this.#kinds, name)?.listed === true;
    const uris = await this.#host.listFiles(this.files.clientUri(folder.uri), isListed, MOST_FILES_IN_FOLDER);
    for (const uri of uris) {
      const key = this.files.key(uri);
      const kind = kindOfFile(this.#kinds, key);
      if (kind !== null && folderOf(this.#folders, key) === folder) this.#want(key, kind, folder);
    }
  }

  #kindNamed(name: string): DocumentKind | null {
    return this.#kinds.find((kind) => kind.name === name) ?? null;
  }

  /**
   * The kind that a file is read as although nobody has it open; null when nobody wants it: no folder lists it, no
   * document refers to it.
   */
  #kindWanted(key: string, folders: readonly Folder[]): DocumentKind | null {
    const named = kindOfFile(this.#kinds, key);
    if (named?.listed === true) return named;
    for (const folder of folders) {
      for (const [uri, document] of folder.workspace.documents) {
        const reference = this.#referencesOf(uri, document, this.#rootsOf(folder)).find((wanted) => wanted.uri === key);
        if (reference !== undefined) return named ?? this.#kindNamed(reference.kind);
      }
    }
    return null;
  }

  /** Whatever a document says, it refers to nothing outside of the roots. */
  #referencesOf(key: string, document: Document, roots: readonly string[]): readonly DocumentReference[] {
    const all = this.#kindNamed(document.kind)?.references(key, document) ?? [];
    return all.filter(({ uri }) => isInside(roots, uri));
  }

  /** Many changes are one edit of the text, from the first place that they touch to the last. */
  #applyAll(document: Document, changes: readonly TextDocumentContentChangeEvent[]): Changed {
    const kind = this.#kindNamed(document.kind);
    if (kind === null) return { document, at: 0 };
    const buffer = new LineBuffer(document.text);
    for (const change of changes) buffer.apply(change);
    const edit = difference(document.text, buffer.text);
    return { document: kind.edit(document, edit), at: edit.start };
  }

  #apply(document: Document, change: TextDocumentContentChangeEvent): Changed {
    const kind = this.#kindNamed(document.kind);
    if (kind === null) return { document, at: 0 };
    if (!("range" in change)) {
      const next = kind.open(change.text);
      this.files.setLines(next, linesOf(change.text));
      return { document: next, at: 0 };
    }
    const lines = this.files.lines(document);
    const from = offsetAt(lines, change.range.start, document.text);
    const to = offsetAt(lines, change.range.end, document.text);
    const edit = { start: Math.min(from, to), end: Math.max(from, to), text: change.text };
    const next = kind.edit(document, edit);
    this.files.setLines(next, editLines(lines, edit.start, edit.end, edit.text, next.text));
    return { document: next, at: edit.start };
  }

  /** Puts an open document into its folder and into every other that refers to it, and asks for what it refers to. */
  #span(key: string, document: Document): void {
    const own = this.folder(key);
    const interested = this.#folders.filter((folder) => folder === own || folder.knows(key));
    for (const folder of interested) folder.put(key, document);
    this.#readReferences(key, document, interested);
  }

  #readReferences(key: string, document: Document, folders: readonly Folder[]): void {
    const all = this.#kindNamed(document.kind)?.references(key, document) ?? [];
    if (all.length === 0) return;
    for (const folder of folders) {
      const roots = this.#rootsOf(folder);
      for (const wanted of all) {
        if (!isInside(roots, wanted.uri)) continue;
        const kind = kindOfFile(this.#kinds, wanted.uri) ?? this.#kindNamed(wanted.kind);
        if (kind !== null && !folder.knows(wanted.uri)) this.#want(wanted.uri, kind, folder);
      }
    }
  }

  /** What the documents of a folder may refer to; of those outside of all folders, those that are open decide. */
  #rootsOf({ uri, workspace: { roots } }: Folder): readonly string[] {
    if (uri !== null) return roots;
    return [...new Set([...roots, ...this.openDocuments().flatMap((open) => rootsFor(roots, open))])];
  }

  /** Gives a folder a file that it does not have: the open document, or what will be read from disk. */
  #want(key: string, kind: DocumentKind, folder: Folder): void {
    const opened = this.#open.get(key);
    if (opened !== undefined) folder.put(key, opened.document);
    else if (this.#host.canRead(key)) void this.#read(key, kind, [folder], false);
  }

  /** Reads a file, once however many folders want it; `changed`: what is being read already is out of date. */
  #read(key: string, kind: DocumentKind, folders: readonly Folder[], changed: boolean): Promise<void> {
    const running = this.#reading.get(key);
    if (running !== undefined) {
      for (const folder of folders) running.folders.add(folder);
      running.again ||= changed;
      return running.done;
    }
    const wanted = new Set(folders);
    const read: Read = { kind, folders: wanted, again: false, done: this.#readNow(key, kind, wanted) };
    this.#reading.set(key, read);
    this.#waits.set(key, newWait());
    this.#restartPatience();
    return read.done;
  }

  async #readNow(key: string, kind: DocumentKind, folders: ReadonlySet<Folder>): Promise<void> {
    let content = await this.#host.readFile(this.files.clientUri(key));
    for (let read = this.#reading.get(key); read?.again === true; ) {
      read.again = false;
      content = await this.#host.readFile(this.files.clientUri(key));
    }
    this.#reading.delete(key);
    const opened = this.#open.get(key);
    const document = opened?.document ?? ("text" in content ? kind.open(content.text) : null);
    for (const folder of folders) {
      if (document !== null) folder.put(key, document);
      else if ("unreadable" in content) folder.putMissing(key, content.unreadable);
    }
    if (document !== null) this.#readReferences(key, document, [...folders]);
    const wait = this.#waits.get(key);
    this.#waits.delete(key);
    wait?.end();
    this.#restartPatience();
    // What nobody waits for any more is news whenever it comes.
    if (wait === undefined || this.#waits.size === 0) this.#onFilesRead();
  }

  #restartPatience(): void {
    clearTimeout(this.#patience);
    if (this.#waits.size > 0) {
      const { patienceMs = PATIENCE_MS } = this.#host;
      this.#patience = setTimeout(() => this.#waitNoLonger(), patienceMs);
    }
  }

  #waitNoLonger(): void {
    const waits = [...this.#waits.values()];
    this.#waits.clear();
    for (const { end } of waits) end();
    this.#onFilesRead();
  }
}

/** The one edit that makes `after` of `before`: all between what both begin and end with. */
function difference(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail += 1;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

function newWait(): Wait {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}
