import { editFile, parseFile } from "../../grammar/index.ts";
import type { Edit, SourceFile } from "../../grammar/source-file.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { inlayHintsOf } from "../../server/service/inlay-hints.ts";
import { semanticTokensOf } from "../../server/service/semantic-tokens.ts";
import { corpusOf } from "./_corpus.ts";
import { Random } from "./_random.ts";
import { POLICY_WORDS } from "./_targets.ts";

const MAIN = "file:///soak/main.allocpolicy";
const LIBRARY = "file:///soak/library.allocpolicy";

/** No file grows beyond this, in UTF-16 units: it begins anew. */
const LONGEST = 1500;

const BEGINNINGS: Readonly<Record<string, string>> = {
  [LIBRARY]: `flags SHARED = GFP_KERNEL | __GFP_NOWARN
context shared { in softirq }
policy quiet for kmalloc { forbid has __GFP_NOFAIL because "it must come back" }
`,
  [MAIN]: `kernel 6.12
import "library.allocpolicy"
flags RING = SHARED | __GFP_ZERO
context rx { in shared  holds spinlock "ring" }
request a { api kmalloc  size 64 B  flags RING  context rx }
request b { api alloc_pages  order 3  flags GFP_ATOMIC | __GFP_NOFAIL }
transform t(m) = m & ~__GFP_FS
memory low { zone Normal { managed 1 GiB  free 4 MiB  min 8 MiB } }
expect a { sleeps never, oom never }
policy own for alloc_pages { mode m { when has __GFP_ZERO }  forbid any __GFP_NOFAIL | __GFP_NORETRY }
`,
};

const PIECES = [...POLICY_WORDS, "", "x", "\n", "{", "}", "/*", '"', ...corpusOf("policy").slice(0, 40)];

function workspaceOf(files: readonly (readonly [uri: string, file: SourceFile])[]): Workspace {
  return files.reduce((all, [uri, file]) => withDocument(all, uri, file), emptyWorkspace(DEFAULT_SETTINGS));
}

/** What is said of both files: findings, hints and colours. */
function shown(workspace: Workspace): string {
  return [MAIN, LIBRARY]
    .flatMap((uri) => {
      const text = workspace.documents.get(uri)?.text ?? "";
      const { starts } = parseFile(text);
      const findings = check(workspace, uri).regions.flatMap((list, region) =>
        list.map(({ rule, message, span }) => `${rule} ${(starts[region] ?? 0) + span.start} ${span.end} ${message}`),
      );
      return [
        ...findings,
        JSON.stringify(inlayHintsOf(workspace, uri, 0, text.length, 500)),
        JSON.stringify(semanticTokensOf(workspace, uri, 0, text.length)),
      ];
    })
    .join("\n");
}

/** A file and a library that it imports, edited at random; what is said of them is to be what a fresh start says. */
export class EditedWorkspace {
  readonly #random: Random;
  readonly #files = new Map(Object.entries(BEGINNINGS).map(([uri, text]) => [uri, parseFile(text)]));
  #workspace = workspaceOf([...this.#files]);
  /** What takes the last edit back, and in which file. */
  #undo: { readonly uri: string; readonly edit: Edit } | null = null;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /**
   * One more edit.
   * @returns where it differs from a fresh start, if it is compared and does
   */
  edit(isCompared: boolean): string | null {
    const { uri, edit } = this.#nextEdit();
    const before = this.#files.get(uri) ?? parseFile("");
    const undo = {
      start: edit.start,
      end: edit.start + edit.text.length,
      text: before.text.slice(edit.start, edit.end),
    };
    this.#undo = { uri, edit: undo };
    this.#put(uri, editFile(before, edit));
    // Half of all edits are looked at: one may come behind another that nobody has seen.
    if (!isCompared && this.#random.below(2) === 0) check(this.#workspace, MAIN);
    const difference =
      isCompared && this.#differs()
        ? `${JSON.stringify(edit)} of ${uri} in ${JSON.stringify([...this.#files.values()].map(({ text }) => text))}`
        : null;
    this.#beginAnew();
    return difference;
  }

  #nextEdit(): { readonly uri: string; readonly edit: Edit } {
    const random = this.#random;
    if (this.#undo !== null && random.below(5) === 0) return this.#undo;
    const uri = random.below(4) === 0 ? LIBRARY : MAIN;
    const { length } = this.#files.get(uri)?.text ?? "";
    const start = random.below(length + 1);
    const end = Math.min(length, start + random.below(random.below(3) === 0 ? 40 : 4));
    return { uri, edit: { start, end, text: random.of(PIECES) ?? "" } };
  }

  #beginAnew(): void {
    for (const [uri, { text }] of this.#files) {
      if (text.length <= LONGEST) continue;
      this.#undo = null;
      this.#put(uri, parseFile(BEGINNINGS[uri] ?? ""));
    }
  }

  #put(uri: string, file: SourceFile): void {
    this.#files.set(uri, file);
    this.#workspace = withDocument(this.#workspace, uri, file);
  }

  #differs(): boolean {
    const fresh = [...this.#files].map(([uri, { text }]) => [uri, parseFile(text)] as const);
    return shown(this.#workspace) !== shown(workspaceOf(fresh));
  }
}
