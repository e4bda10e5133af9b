import type { Range } from "vscode-languageserver";
import type { Document } from "../documents/document.ts";
import type { Workspace } from "../documents/workspace.ts";
import { linesOf, offsetAt, positionAt, type Lines, type Position } from "../../grammar/lines.ts";
import { fileKey } from "./uri.ts";

/** Turns offsets into the protocol's positions and file keys into the client's uris. */
export class FileTable {
  readonly #lines = new WeakMap<Document, Lines>();
  /** Who asks once asks a thousand times. */
  #last: { readonly document: Document; readonly lines: Lines } | null = null;
  /** Thousands of findings may point at one place. */
  #lastRange: {
    readonly document: Document;
    readonly start: number;
    readonly end: number;
    readonly range: Range;
  } | null = null;
  /** The uris as the client wrote them, by key; a file that it never named is called by its key. */
  readonly #clientUris = new Map<string, string>();

  /** Remembers how the client writes a uri; gives the key by which the file is known here. */
  key(clientUri: string): string {
    const key = fileKey(clientUri);
    if (key !== clientUri) this.#clientUris.set(key, clientUri);
    return key;
  }

  clientUri(key: string): string {
    return this.#clientUris.get(key) ?? key;
  }

  /** The lines of a file, found once. */
  lines(document: Document): Lines {
    if (this.#last?.document === document) return this.#last.lines;
    const lines = this.#lines.get(document) ?? linesOf(document.text);
    this.setLines(document, lines);
    return lines;
  }

  /** Notes lines that were brought up to date by an edit. */
  setLines(document: Document, lines: Lines): void {
    this.#lines.set(document, lines);
    this.#last = { document, lines };
  }

  rangeIn(document: Document, start: number, end: number): Range {
    const last = this.#lastRange;
    if (last?.document === document && last.start === start && last.end === end) return last.range;
    const lines = this.lines(document);
    const begin = positionAt(lines, start);
    const range = { start: begin, end: positionAt(lines, end, begin.line) };
    this.#lastRange = { document, start, end, range };
    return range;
  }

  /** A range of a file of the workspace; the file's start where it is gone. */
  range(workspace: Workspace, uri: string, start: number, end: number): Range {
    const document = workspace.documents.get(uri);
    return document === undefined
      ? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
      : this.rangeIn(document, start, end);
  }

  offset(document: Document, position: Position): number {
    return offsetAt(this.lines(document), position, document.text);
  }
}
