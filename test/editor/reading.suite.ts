import assert from "node:assert/strict";
import {
  commands,
  type DocumentSymbol,
  type FoldingRange,
  type InlayHint,
  type Location,
  Range,
  type SemanticTokens,
  window,
  type LocationLink,
} from "vscode";
import { closeAll, inside, openFile, placeCursor, rangeOf, readHover, until } from "./user.ts";

const DRIVER = `/// Buffers of a network driver.
kernel 6.12

flags RX_FLAGS = GFP_ATOMIC | __GFP_NOWARN

context rx_poll {
  in    softirq
  holds spinlock
}

request rx_refill {
  api     alloc_pages
  order   3
  flags   RX_FLAGS
  context rx_poll
  handles null
}
`;

suite("Reading", () => {
  teardown(closeAll);

  test("a hover explains flags, aliases, functions, contexts, kernels and requests", async () => {
    const { document } = await openFile("hover.allocpolicy", DRIVER);
    const hovers: readonly (readonly [string, RegExp])[] = [
      ["__GFP_NOWARN", /__GFP_NOWARN/],
      ["GFP_ATOMIC", /__GFP_HIGH/],
      ["RX_FLAGS\n  context", /__GFP_NOWARN/],
      ["alloc_pages", /alloc_pages/],
      ["softirq", /softirq/],
      ["rx_poll\n  handles", /rx_poll/],
      ["6.12", /6\.12/],
      ["rx_refill", /rx_refill/],
    ];
    for (const [text, says] of hovers) assert.match(await readHover(document, inside(document, text)), says);
  });

  test("the definition of a context is one key away", async () => {
    const editor = await openFile("definition.allocpolicy", DRIVER);
    placeCursor(editor, editor.document.offsetAt(inside(editor.document, "rx_poll\n  handles")));
    await commands.executeCommand("editor.action.revealDefinition");
    const declaration = rangeOf(editor.document, "context rx_poll").end;
    await until(
      "the cursor at the declaration",
      () => window.activeTextEditor?.selection.active.line === declaration.line || undefined,
      () => window.activeTextEditor?.selection.active,
    );
  });

  test("all references of a mask's name are found", async () => {
    const { document } = await openFile("references.allocpolicy", DRIVER);
    const found = await commands.executeCommand<Location[]>(
      "vscode.executeReferenceProvider",
      document.uri,
      inside(document, "RX_FLAGS"),
    );
    assert.deepEqual(
      found.map(({ range }) => document.getText(range)),
      ["RX_FLAGS", "RX_FLAGS"],
    );
  });

  test("a definition in another file is found through the import", async () => {
    const { document } = await openFile(
      "importing.allocpolicy",
      `kernel 6.12
import "contexts.allocpolicy"

request rx_refill {
  api     kmalloc
  size    64 B
  flags   GFP_ATOMIC
  context rx_poll
  handles null
}
`,
    );
    const found = await until("a definition", async () => {
      const [first] = await commands.executeCommand<(Location | LocationLink)[]>(
        "vscode.executeDefinitionProvider",
        document.uri,
        inside(document, "rx_poll"),
      );
      return first;
    });
    assert.match(("targetUri" in found ? found.targetUri : found.uri).path, /\/contexts\.allocpolicy$/);
  });

  test("the outline lists the declarations", async () => {
    const { document } = await openFile("outline.allocpolicy", DRIVER);
    const symbols = await until("an outline", async () => {
      const found = await commands.executeCommand<DocumentSymbol[] | undefined>(
        "vscode.executeDocumentSymbolProvider",
        document.uri,
      );
      return found !== undefined && found.length > 0 ? found : undefined;
    });
    for (const name of ["RX_FLAGS", "rx_poll", "rx_refill"])
      assert.ok(
        symbols.some((symbol) => symbol.name === name),
        `${name} is listed`,
      );
  });

  test("declarations fold", async () => {
    const { document } = await openFile("folding.allocpolicy", DRIVER);
    const folds = await commands.executeCommand<FoldingRange[]>("vscode.executeFoldingRangeProvider", document.uri);
    assert.ok(folds.some(({ start }) => start === rangeOf(document, "request rx_refill").start.line));
  });

  test("names are coloured by their meaning", async () => {
    const { document } = await openFile("colours.allocpolicy", DRIVER);
    const tokens = await until("semantic tokens", async () => {
      const found = await commands.executeCommand<SemanticTokens | undefined>(
        "vscode.provideDocumentSemanticTokens",
        document.uri,
      );
      return found !== undefined && found.data.length > 0 ? found : undefined;
    });
    assert.equal(tokens.data.length % 5, 0);
  });

  test("a request says behind its name what the kernel may do", async () => {
    const { document } = await openFile("hints.allocpolicy", DRIVER);
    const whole = new Range(0, 0, document.lineCount, 0);
    const hints = await until("an inlay hint", async () => {
      const found = await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", document.uri, whole);
      return found.length > 0 ? found : undefined;
    });
    const lines = hints.map(({ position }) => document.lineAt(position.line).text);
    assert.ok(
      lines.some((line) => line.startsWith("request rx_refill")),
      `hints stand at ${lines.join("; ")}`,
    );
  });
});
