// Which documents are ours: package.json says so, with one language or more for each kind of documents that the server
// takes.
import { window, workspace, type ExtensionContext, type TextDocument, type TextEditor, type Uri } from "vscode";

/** A language as package.json contributes it. */
export interface Language {
  readonly id: string;
  /** How the names of its files end, and whole names. */
  readonly extensions?: readonly string[];
  readonly filenames?: readonly string[];
}

/** The language of policies, to which the matrix, the comparisons and the test explorer belong. */
const POLICY = "allocpolicy";
const NOT_FILES = "**/node_modules/**";

/** Documents of one language or several. */
export interface Documents {
  readonly selector: readonly { readonly language: string }[];
  /** A glob for their files. */
  readonly files: string;
  readonly has: (document: TextDocument) => boolean;
  /** The editor that the user is in, if it shows one of them; while a page is in front, the only one beside it. */
  readonly activeEditor: () => TextEditor | undefined;
  /** Those that are open, and so many of those that the workspace holds; each once. */
  readonly find: (limit: number) => Promise<readonly Uri[]>;
}

/** Documents that are judged: those of our languages, and those that the server asks for as a guest. */
export type Judged = Pick<Documents, "has" | "activeEditor">;

/** Languages of others, of which the server judges some documents: the `guest` of its kinds of documents. */
const GUESTS: ReadonlySet<string> = new Set(["c", "cpp"]);

/** All documents that are ours, the policies among them, and all that may be judged. */
export function documentsOf(context: ExtensionContext): {
  readonly all: Documents;
  readonly policies: Documents;
  readonly judged: Judged;
} {
  const manifest: { readonly contributes: { readonly languages: readonly Language[] } } = context.extension.packageJSON;
  const { languages } = manifest.contributes;
  const all = documentsIn(languages);
  const policies = documentsIn(languages.filter(({ id }) => id === POLICY));
  return { all, policies, judged: activeAmong((document) => all.has(document) || GUESTS.has(document.languageId)) };
}

const activeAmong = (has: Documents["has"]): Judged => ({
  has,
  activeEditor() {
    if (window.activeTextEditor !== undefined)
      return has(window.activeTextEditor.document) ? window.activeTextEditor : undefined;
    const [beside, ...others] = window.visibleTextEditors.filter(({ document }) => has(document));
    return others.length === 0 ? beside : undefined;
  },
});

function documentsIn(languages: readonly Language[]): Documents {
  const ids = new Set(languages.map(({ id }) => id));
  const patterns = languages.flatMap(({ extensions = [], filenames = [] }) => [
    ...extensions.map((end) => `*${end}`),
    ...filenames,
  ]);
  const files = `**/{${patterns.join(",")}}`;
  const has = (document: TextDocument): boolean => ids.has(document.languageId);
  return {
    selector: [...ids].map((language) => ({ language })),
    files,
    ...activeAmong(has),
    async find(limit) {
      const found = await workspace.findFiles(files, NOT_FILES, limit);
      const open = workspace.textDocuments.filter(has).map(({ uri }) => uri);
      return [...new Map([...open, ...found].map((uri) => [uri.toString(), uri])).values()];
    },
  };
}
