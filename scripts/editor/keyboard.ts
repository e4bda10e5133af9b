// Lets a suite in the extension host press the keys of the page that shows its editor: the host itself has none.
import { createServer, type IncomingMessage } from "node:http";
import type { Locator, Page } from "playwright-core";

/** What a suite may ask for; as in test/editor/keyboard.ts. */
type Asked =
  /** One key after the other, as on a keyboard: `a`, `Enter`, `Control+Space`. */
  | { readonly press: readonly string[] }
  /** Something on the page, by its CSS selector: the answer comes once it is visible. */
  | { readonly sees: string }
  /** The list of suggestions, as it stands on the screen once all that has arrived is drawn. */
  | { readonly suggestions: true };

export interface Keyboard {
  readonly address: string;
  readonly close: () => void;
}

/** Serves the keyboard of a page on this machine. */
export function serveKeyboard(page: Page): Promise<Keyboard> {
  const server = createServer((request, response) => {
    bodyOf(request)
      .then((body) => answer(page, JSON.parse(body)))
      .then(
        (answered) => response.end(JSON.stringify(answered)),
        (error: unknown) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the keyboard has no port"));
      else resolve({ address: `http://127.0.0.1:${address.port}/`, close: () => void server.close() });
    });
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function answer(page: Page, asked: Asked): Promise<unknown> {
  if ("press" in asked) {
    for (const key of asked.press) await page.keyboard.press(key);
    return null;
  }
  if ("sees" in asked) {
    await page.locator(asked.sees).first().waitFor({ timeout: PATIENCE_MS });
    return null;
  }
  await page.evaluate(TWO_FRAMES);
  const rows = page.locator(".suggest-widget.visible .monaco-list-row");
  const [chosen = null] = await labelsOf(rows.and(page.locator(".focused")));
  return { labels: await labelsOf(rows), chosen };
}

const PATIENCE_MS = 60_000;
/** Whatever has arrived is drawn. */
const TWO_FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))";

const labelsOf = (rows: Locator): Promise<readonly string[]> => rows.locator(".label-name").allTextContents();
