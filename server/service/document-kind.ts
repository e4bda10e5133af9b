import type { Edit } from "../../grammar/source-file.ts";
import type { KernelInForce } from "../../protocol/kernel.ts";
import type { Document } from "../documents/document.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { Finding } from "../rules/finding.ts";
import type { Action, Change } from "./actions.ts";
import type { HierarchyCall, HierarchyItem } from "./call-hierarchy.ts";
import type { Completion } from "./completion/items.ts";
import type { Definition, FileSpan } from "./definition.ts";
import type { Findings, FindingLimits, FindingsSoFar, PlacedRelated } from "./findings.ts";
import type { Fold } from "./folding.ts";
import type { Explanation } from "./hover/explanation.ts";
import type { InlayHint } from "./inlay-hints.ts";
import type { Lens } from "./lenses.ts";
import type { Link } from "./links.ts";
import type { Refactoring } from "./refactorings/at.ts";
import type { Reference } from "./references.ts";
import type { Rename, RenameStart } from "./rename.ts";
import type { SignatureHelp } from "./signature-help.ts";
import type { Asked, Run, Stretches } from "./runs.ts";
import type { SemanticToken } from "./semantic-tokens.ts";

/** What an outline shows, in the words of the language server protocol. */
export interface DocumentSymbol {
  readonly name: string;
  /** A few words beside the name; may be empty. */
  readonly detail: string;
  readonly kind: SymbolKind;
  /** All of it, and its name; offsets in its run. */
  readonly range: { readonly start: number; readonly end: number };
  readonly nameRange: { readonly start: number; readonly end: number };
  readonly children: readonly DocumentSymbol[];
}

export type SymbolKind =
  | "file"
  | "module"
  | "namespace"
  | "package"
  | "class"
  | "method"
  | "property"
  | "field"
  | "constructor"
  | "enum"
  | "interface"
  | "function"
  | "variable"
  | "constant"
  | "string"
  | "number"
  | "boolean"
  | "array"
  | "object"
  | "key"
  | "null"
  | "enumMember"
  | "struct"
  | "event"
  | "operator"
  | "typeParameter";

/** A completion whose kind is one of the protocol's. */
export type CompletionItem = Omit<Completion, "kind"> & { readonly kind: CompletionItemKind };

export type CompletionItemKind =
  | "text"
  | "method"
  | "function"
  | "constructor"
  | "field"
  | "variable"
  | "class"
  | "interface"
  | "module"
  | "property"
  | "unit"
  | "value"
  | "enum"
  | "keyword"
  | "snippet"
  | "color"
  | "file"
  | "reference"
  | "folder"
  | "enumMember"
  | "constant"
  | "struct"
  | "event"
  | "operator"
  | "typeParameter";

export interface CompletionList {
  /** The text that a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** More typing may bring other items. */
  readonly incomplete: boolean;
  readonly items: readonly CompletionItem[];
}

/**
 * What a kind of documents answers, as plain data over offsets. All of it is asked of a document of the kind, by the
 * workspace and the document's uri in it; what a kind leaves out has no answer. `limit`: the most that the answer
 * holds.
 */
export interface Answers {
  /**
   * For a document that is answered stretch by stretch: of those that are the same, symbols, folds and links are not
   * asked for again. Left out: it is answered as one.
   */
  readonly stretches?: (workspace: Workspace, uri: string) => Stretches;
  /** Makes what answers lean on: where that takes long, it is asked for document by document. */
  readonly prepare?: (workspace: Workspace, uri: string) => void;
  /** Does what the next edit begins with, until it is over; true when nothing is left of it. */
  readonly workAhead?: (workspace: Workspace, uri: string, isOver: () => boolean) => boolean;
  /** In the order of the text, and how many there are in all. */
  readonly findings?: (workspace: Workspace, uri: string, limit: number) => Findings;
  /** Where that takes long: makes them until it is over, those around an offset first; true when all are made. */
  readonly makeFindings?: (workspace: Workspace, uri: string, around: number, isOver: () => boolean) => boolean;
  /** As `findings` where all were made; else those that were, of more than `limits.part` those around an offset. */
  readonly findingsSoFar?: (workspace: Workspace, uri: string, around: number, limits: FindingLimits) => FindingsSoFar;
  /** The related places of a finding that still exist. */
  readonly related?: (workspace: Workspace, finding: Finding) => readonly PlacedRelated[];
  /** What can be done about what meets [start, end). */
  readonly actions?: (workspace: Workspace, uri: string, start: number, end: number) => readonly Action[];
  /** Everything that can be mended safely, at once. */
  readonly fixAll?: (workspace: Workspace, uri: string) => Action | null;
  readonly hover?: (workspace: Workspace, uri: string, offset: number) => Explanation | null;
  readonly completion?: {
    /** Characters after which an editor asks by itself. */
    readonly triggers: readonly string[];
    /** `trigger`: the character that asked; null when the user did. */
    readonly at: (workspace: Workspace, uri: string, offset: number, trigger: string | null) => CompletionList;
    /** The documentation of an item, by its `topic`. */
    readonly documentation: (workspace: Workspace, uri: string, topic: string) => string | null;
  };
  readonly definition?: (workspace: Workspace, uri: string, offset: number) => Definition | null;
  /** In every document of the workspace; of built-in names too. */
  readonly uses?: (workspace: Workspace, uri: string, offset: number) => readonly Reference[];
  /** In this document. */
  readonly highlights?: (workspace: Workspace, uri: string, offset: number) => readonly Reference[];
  readonly rename?: {
    readonly prepare: (workspace: Workspace, uri: string, offset: number) => RenameStart;
    readonly at: (workspace: Workspace, uri: string, offset: number, newName: string) => Rename;
  };
  readonly signature?: {
    /** Characters after which an editor asks by itself. */
    readonly triggers: readonly string[];
    readonly at: (workspace: Workspace, uri: string, offset: number) => SignatureHelp | null;
  };
  /** What leads to what; `nameOffset` lies in the name of an item. */
  readonly hierarchy?: {
    readonly itemAt: (workspace: Workspace, uri: string, offset: number) => HierarchyItem | null;
    readonly incoming: (workspace: Workspace, uri: string, nameOffset: number) => readonly HierarchyCall[];
    readonly outgoing: (workspace: Workspace, uri: string, nameOffset: number) => readonly HierarchyCall[];
  };
  /** The stretches that change together while one of them is typed. */
  readonly linkedRanges?: (workspace: Workspace, uri: string, offset: number) => readonly Omit<FileSpan, "uri">[];
  readonly symbols?: (workspace: Workspace, uri: string, asked: Asked) => readonly Run<DocumentSymbol>[];
  readonly folds?: (workspace: Workspace, uri: string, asked: Asked) => readonly Run<Fold>[];
  /** The stretches that hold an offset, innermost first. */
  readonly selections?: (workspace: Workspace, uri: string, offset: number) => readonly Omit<FileSpan, "uri">[];
  /** What can be made of the text between two offsets, whatever is found there. */
  readonly refactorings?: (workspace: Workspace, uri: string, start: number, end: number) => readonly Refactoring[];
  readonly lenses?: {
    readonly of: (workspace: Workspace, uri: string, limit: number) => readonly Run<Lens>[];
    /** The uses that the lens over the name at an offset counts. */
    readonly uses: (workspace: Workspace, uri: string, offset: number) => readonly Reference[];
  };
  readonly links?: (workspace: Workspace, uri: string, asked: Asked) => readonly Run<Link>[];
  /** Of what meets [start, end), in order, each within one line; the runs of a whole document cover it. */
  readonly tokens?: (workspace: Workspace, uri: string, start: number, end: number) => readonly Run<SemanticToken>[];
  readonly hints?: (
    workspace: Workspace,
    uri: string,
    start: number,
    end: number,
    limit: number,
  ) => readonly InlayHint[];
  /** The changes that format what meets [start, end). */
  readonly formatting?: (workspace: Workspace, uri: string, start: number, end: number) => readonly Change[];
  /** The changes once a character was typed, up to `offset`. */
  readonly onTypeFormatting?: {
    readonly after: readonly string[];
    readonly at: (workspace: Workspace, uri: string, offset: number) => readonly Change[];
  };
  /** What the call around an offset may do, as a page in Markdown; null: there is none that allocates. */
  readonly call?: (workspace: Workspace, uri: string, offset: number) => string | null;
  readonly kernelInForce?: (workspace: Workspace, uri: string) => KernelInForce | null;
}

/** A document that another one refers to, and the kind that it is taken for if neither name nor editor tell. */
export interface DocumentReference {
  readonly uri: string;
  readonly kind: string;
}

/** Language ids, each with a glob for the names of its files; null: all of them. */
export type GuestDocuments = Readonly<Record<string, string | null>>;

/** One kind of documents: how they are known, how their text is read, what they answer. */
export interface DocumentKind {
  /** `Document.kind` of its documents. */
  readonly name: string;
  /** The language ids that editors give them. */
  readonly languageIds: readonly string[];
  /**
   * How names of their files end, such as `.allocpolicy`; and whole names. In lower case: the case of a name does not
   * count.
   */
  readonly extensions: readonly string[];
  readonly fileNames: readonly string[];
  /**
   * Its files are looked for in the folders and read, so that all of them are judged and found. Where there may be tens
   * of thousands: false, and only open ones and those that a document refers to are.
   */
  readonly listed: boolean;
  /** Globs for files that are watched beside those that are listed. */
  readonly watched: readonly string[];
  /**
   * Other servers own the language: a client is asked to send its documents for what is answered and for nothing else.
   * Which documents those are, as patterns of names by language id.
   */
  readonly guest: GuestDocuments | null;
  /** A short text that says most of what a document of this kind may say; null: there is none. */
  readonly sample: (() => string) | null;
  /** Of this kind there are documents in folders with a file of this name; null: in all. */
  readonly sampledBeside: string | null;
  readonly open: (text: string) => Document;
  /** The document after an edit of its text. */
  readonly edit: (document: Document, edit: Edit) => Document;
  /** The documents that it refers to and that must be read to judge it, in order. */
  readonly references: (uri: string, document: Document) => readonly DocumentReference[];
  readonly answers: Answers;
}

/** A kind as its author writes it: with functions of its own type of document, and without what it does not need. */
interface Declared<Own extends Document> {
  readonly name: Own["kind"];
  readonly is: (document: Document) => document is Own;
  readonly languageIds: readonly string[];
  readonly extensions?: readonly string[];
  readonly fileNames?: readonly string[];
  /** Left out: true. */
  readonly listed?: boolean;
  readonly watched?: readonly string[];
  /** Left out: the language is its own. */
  readonly guest?: GuestDocuments;
  /** Left out: none. */
  readonly sample?: () => string;
  /** Left out: in all folders. */
  readonly sampledBeside?: string;
  readonly open: (text: string) => Own;
  /** Left out: the text after the edit is opened anew. */
  readonly edit?: (document: Own, edit: Edit) => Own;
  readonly references?: (uri: string, document: Own) => readonly DocumentReference[];
  readonly answers: Answers;
}

export function documentKind<Own extends Document>(declared: Declared<Own>): DocumentKind {
  const {
    name,
    is,
    languageIds,
    extensions = [],
    fileNames = [],
    listed = true,
    watched = [],
    guest = null,
    sample = null,
    sampledBeside = null,
  } = declared;
  const { open, edit, references, answers } = declared;
  return {
    name,
    languageIds,
    extensions,
    fileNames,
    listed,
    watched,
    guest,
    sample,
    sampledBeside,
    open,
    edit: (document, change) =>
      edit !== undefined && is(document)
        ? edit(document, change)
        : open(document.text.slice(0, change.start) + change.text + document.text.slice(change.end)),
    references: (uri, document) => (references !== undefined && is(document) ? references(uri, document) : []),
    answers,
  };
}

/** The kind whose documents a file of this name holds; null when no kind knows the name. */
export function kindOfFile(kinds: readonly DocumentKind[], uri: string): DocumentKind | null {
  const path = uri.replace(/[?#].*$/, "");
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return (
    kinds.find(
      ({ extensions, fileNames }) =>
        fileNames.includes(name) || extensions.some((end) => name.length > end.length && name.endsWith(end)),
    ) ?? null
  );
}

/**
 * The kind of a document that an editor opened: by the language id, else by the name of the file; null when no kind
 * takes it.
 */
export function kindOfDocument(kinds: readonly DocumentKind[], languageId: string, uri: string): DocumentKind | null {
  return kinds.find(({ languageIds }) => languageIds.includes(languageId)) ?? kindOfFile(kinds, uri);
}

/** Globs for the files that are watched: of the kinds that are listed all, of the others what they name. */
export function filePatterns(kinds: readonly DocumentKind[]): readonly string[] {
  return kinds.flatMap(({ listed, watched, extensions, fileNames }) => [
    ...(listed ? extensions.map((end) => `**/*${end}`) : []),
    ...(listed ? fileNames.map((name) => `**/${name}`) : []),
    ...watched,
  ]);
}
