import assert from "node:assert/strict";
import { commands, window, type TextEditor } from "vscode";
import { keysArrived, pause, press, typeKeys, type Suggestions } from "./keyboard.ts";
import { closeAll, findings, openFile, seesNothingWrong, until } from "./user.ts";

/** An empty file, with the keys going to it and the server awake. */
async function emptyFile(name: string): Promise<TextEditor> {
  const editor = await openFile(name, "");
  await commands.executeCommand("workbench.action.focusActiveEditorGroup");
  await until("an awake server", async () => {
    await commands.executeCommand("editor.action.triggerSuggest");
    const { labels } = await pause(editor);
    return labels.includes("request") || undefined;
  });
  await press("Escape");
  return editor;
}

/** Types a text as a person does who looks at the screen after each word and mark, and waits. */
async function typeWithPauses(editor: TextEditor, text: string): Promise<void> {
  for (const part of text.match(/\n| +|[^\s]+/g) ?? []) {
    await typeKeys(part);
    await pause(editor);
  }
}

/** What a file says, whatever its layout: lines begin where the editor puts them. */
const withoutLayout = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Typed key by key; the closing brackets and quotes that the editor writes are typed over. */
const WHOLE_FILE = `kernel 6.1 .. 6.18
config { PREEMPT_RT on }
context rx_poll {
in softirq
holds spinlock "rx ring"
}
request refill {
api kmalloc
size 64 K
flags GFP_KERNEL |
__GFP_NOWARN
context process
waive sleep-in-atomic
because "tried"
}
policy driver {
forbid has __GFP_NOFAIL
mode slow otherwise { retries 5, drain none }
}
memory roomy {
node 0 {
zone DMA {
free order 0: 100
}
}
}
expect refill { oom may }
`;

/** What stands on one line each: of blocks over several the editor writes the end. */
const FAST_FILE = `kernel 6.1 .. 6.18
config { PREEMPT_RT on  page 4 KiB }
flags RX = GFP_ATOMIC | __GFP_NOWARN
flag __GFP_MINE
transform nested(gfp) = gfp | __GFP_NOWARN
context rx_poll { in softirq  holds spinlock "rx ring" }
request refill { api kmalloc  size 64 K  flags RX  context rx_poll  handles null }
expect refill { oom never }
expect nested gives has __GFP_NOWARN
`;

/** Each line begins where a person would begin it, whatever was open above, and nothing is closed twice. */
const LAID_OUT = `flags X = GFP_KERNEL |
  __GFP_NOWARN

transform n(gfp) = (gfp |
  __GFP_ZERO)
/// A line of words.
context c {
  in process
}
flags Y = 0
transform t(gfp) =
  gfp & ~__GFP_FS
flags Z = 0
`;

/** A text, and a key with which a person goes on; the list may be open. */
const GOING_ON = [
  ["kernel 6.1", "Enter"],
  ["kernel 6.18", "Enter"],
  ["kernel 6.1 .. 6.18", "Enter"],
  ["kernel android-6.18", "Enter"],
  ["kernel 7.x-dev", "Enter"],
  ["request x {", "Enter"],
  ["request x ", "Enter"],
  ["flags X = GFP_KERNEL", "Enter"],
  ["flags X = GFP_KERNEL |", "Enter"],
  ["flags X = GFP_KERNEL | ", "Enter"],
  ["flags X = GFP_KERNEL &", "Enter"],
  ["flags X = ~", "Enter"],
  ["flags X = (", "Enter"],
  ["flags X = GFP_DMA", "Enter"],
  ["flags X = __GFP_HIGH | __GFP_HIGH", "Enter"],
  ["transform n(gfp) = gfp & __GFP_ZERO ? __GFP_ZERO", "Enter"],
  ["transform n(gfp) = gfp & __GFP_ZERO ? gfp", "Enter"],
  ["context c { in", "Space"],
  ["context c { in bh", "Space"],
  ["context c { scope nofs", ","],
  ["request r { api kmal", "Space"],
  ["request r { api kmalloc", "Enter"],
  ["request r { api kmalloc size 64", "Enter"],
  ["request r { api kmalloc size 64 K", "Enter"],
  ["request r { api alloc_pages order 1", "Enter"],
  ["request r { zone DMA", "Enter"],
  ["request r { handles null", "Enter"],
  ["request r { waive sleep-in-atomic", "Enter"],
  ["policy p for kmalloc", "Enter"],
  ["policy p { mode m otherwise { fails may", "Enter"],
  ["policy p { forbid has __GFP_NOFAIL or", "Enter"],
] as const;

/** What a key writes. */
const WRITES = { Enter: "\n", Space: " ", ",": "," } as const;

/** Hundreds of keys, each with a look at the screen. */
const LONG_TEST_MS = 240_000;

suite("Typing", () => {
  teardown(closeAll);

  test("a whole file, key by key with pauses, becomes what was typed", async () => {
    const editor = await emptyFile("whole.allocpolicy");
    await typeWithPauses(editor, WHOLE_FILE);
    assert.equal(withoutLayout(editor.document.getText()), withoutLayout(WHOLE_FILE));
    const syntax = await until(
      "findings of the whole",
      () => {
        const found = findings(editor.document).filter(({ rule }) => rule === "syntax" || rule.startsWith("unknown"));
        return found.length === 0 ? found : undefined;
      },
      () => findings(editor.document),
    );
    assert.deepEqual(syntax, []);
  }).timeout(LONG_TEST_MS);

  test("lines begin where a person would begin them", async () => {
    const editor = await emptyFile("lines.allocpolicy");
    await typeWithPauses(editor, LAID_OUT.replaceAll(/^ +/gm, ""));
    await until(
      "the layout",
      () => editor.document.getText() === LAID_OUT || undefined,
      () => editor.document.getText(),
    );
  }).timeout(LONG_TEST_MS);

  test("a whole file without any pause becomes what was typed, once nobody types any more", async () => {
    const editor = await emptyFile("hasty.allocpolicy");
    await typeKeys(WHOLE_FILE);
    await until(
      "what was typed",
      () => withoutLayout(editor.document.getText()) === withoutLayout(WHOLE_FILE) || undefined,
      () => editor.document.getText(),
    );
  }).timeout(LONG_TEST_MS);

  test("lines typed without any pause become what was typed", async () => {
    const editor = await emptyFile("fast.allocpolicy");
    await typeKeys(FAST_FILE);
    await keysArrived();
    assert.equal(editor.document.getText().trimEnd(), FAST_FILE.trimEnd());
  }).timeout(LONG_TEST_MS);

  test("Enter takes a word that is half typed, where the list shows it as chosen", async () => {
    const editor = await emptyFile("half.allocpolicy");
    await typeKeys("kernel 6.12\n\nrequest r {\n");
    await typeWithPauses(editor, "api kmal");
    await until("kmalloc, chosen", async () => (await pause(editor)).chosen === "kmalloc" || undefined);
    await typeKeys("\n");
    await keysArrived();
    assert.match(editor.document.getText(), /api kmalloc\n?}?$/m);
  }).timeout(LONG_TEST_MS);

  test("in a new file what is typed first stands behind what the file begins with", async () => {
    await commands.executeCommand("allocpolicy.newFile");
    const { activeTextEditor: editor } = window;
    assert.ok(editor, "the new file is in front");
    const beginning = editor.document.getText();
    await typeWithPauses(editor, "flags MINE = GFP_NOWAIT\n");
    assert.equal(withoutLayout(editor.document.getText()), withoutLayout(`${beginning} flags MINE = GFP_NOWAIT`));
    await seesNothingWrong(editor.document);
  });

  test("a key that goes on takes nothing that was not chosen, whatever the list shows", async () => {
    const editor = await emptyFile("key.allocpolicy");
    for (const [before, key] of GOING_ON) {
      await commands.executeCommand("editor.action.selectAll");
      await press("Delete");
      await typeKeys(before);
      await pause(editor);
      const text = editor.document.getText();
      await press(key);
      const after = await until("the key in the text", () => {
        const now = editor.document.getText();
        return now === text ? undefined : now;
      });
      const typed = after.slice(0, editor.document.offsetAt(editor.selection.active));
      assert.equal(withoutLayout(typed), withoutLayout(before + WRITES[key]), JSON.stringify(after));
      assert.ok(typed.includes(WRITES[key]));
    }
  }).timeout(LONG_TEST_MS);

  test("nothing is chosen in a list that opened by itself behind a mark", async () => {
    const editor = await emptyFile("mark.allocpolicy");
    for (const text of ["kernel 6.12\nflags X = GFP_KERNEL |", " "]) {
      await typeKeys(text);
      const { chosen } = await until("the list behind the mark", async () => {
        const seen: Suggestions = await pause(editor);
        return seen.labels.includes("__GFP_ZERO") ? seen : undefined;
      });
      assert.equal(chosen, null);
    }
    assert.equal(window.activeTextEditor?.document, editor.document);
    await typeKeys("__GFP_ZERO\n");
    await seesNothingWrong(editor.document);
  });
});
