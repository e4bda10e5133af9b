// Writes the pictures of docs/: the packed extension in a real VS Code. screenshot.png: examples/mistakes.allocpolicy
// with its marks, the Problems panel and a hover. matrix.png: the policy of examples/virtio-mem.allocpolicy and its
// matrix. trace.png: a range of examples/hard-mode.allocpolicy, its trace and its modes.
// usage: npm run screenshot [-- NAME…]   without a name: all of them
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { findChromium, HOW_TO_INSTALL, launch } from "./editor/browser.ts";
import { ensureHost } from "./editor/host.ts";
import { startServer } from "./editor/server.ts";
import { inRoot, VSIX } from "./paths.ts";
import { withPalette } from "./png.ts";

/** What a picture shows, and how the editor gets there. */
interface Picture {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Added to `SETTINGS`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly stage: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: "screenshot.png", size: { width: 1280, height: 800 }, settings: {}, stage: stageMistakes },
  {
    name: "matrix.png",
    size: { width: 1280, height: 960 },
    settings: {
      "editor.fontSize": 12,
      "editor.lineNumbers": "off",
      "workbench.activityBar.location": "hidden",
      "workbench.statusBar.visible": false,
    },
    stage: stageMatrix,
  },
  {
    name: "trace.png",
    size: { width: 1400, height: 960 },
    settings: {
      "editor.fontSize": 12,
      "editor.lineNumbers": "off",
      "workbench.activityBar.location": "hidden",
      "workbench.statusBar.visible": false,
    },
    stage: stageTrace,
  },
];
/** A busy machine takes its time. */
const PATIENCE_MS = 180_000;
const RANGES = "hard-mode.allocpolicy";
const MISTAKES = "mistakes.allocpolicy";
const DESIGN = "virtio-mem.allocpolicy";
/** What the mouse rests on: a text of the file, and what the server says of it, a moment after the marks. */
const HOVERED = { text: "__GFP_NOFAIL", says: "· flag" };

const SETTINGS = {
  "breadcrumbs.enabled": false,
  "editor.fontSize": 13,
  "editor.minimap.enabled": false,
  "editor.scrollbar.horizontal": "hidden",
  "editor.stickyScroll.enabled": false,
  "window.commandCenter": false,
  "workbench.activityBar.location": "default",
  "workbench.colorTheme": "Default Light Modern",
  "workbench.layoutControl.enabled": false,
};

async function stageMistakes(page: Page): Promise<void> {
  await page.getByRole("treeitem", { name: MISTAKES }).first().dblclick();
  await page.locator(".squiggly-error").first().waitFor();
  await page.keyboard.press("Control+Shift+M");
  await page.locator(".markers-panel .monaco-list-row").nth(3).waitFor();
  // Nothing that is only there because the window has just been opened.
  await page.keyboard.press("Escape");
  await page.getByRole("treeitem", { name: MISTAKES }).first().click();
  await closeNotifications(page);
  await page
    .locator(".view-line span", { hasText: new RegExp(`^.?${HOVERED.text}$`) })
    .first()
    .hover();
  await page.locator(".monaco-hover", { hasText: HOVERED.says }).first().waitFor();
  // The hover fades in.
  await page.waitForTimeout(1_000);
}

async function stageMatrix(page: Page): Promise<void> {
  await page.getByRole("treeitem", { name: DESIGN }).first().dblclick();
  const lens = page.locator(".codelens-decoration a", { hasText: "Matrix" }).first();
  await lens.waitFor();
  await page.keyboard.press("Control+B");
  await lens.click();
  const cell = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame").locator("td.selects").last();
  await cell.waitFor();
  await closeNotifications(page);
  await cell.focus();
  // Out of the hovers, and let the side bar be gone.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1_000);
}

async function stageTrace(page: Page): Promise<void> {
  await page.getByRole("treeitem", { name: RANGES }).first().dblclick();
  const lens = page.locator(".codelens-decoration a", { hasText: "Simulate" }).first();
  await lens.waitFor();
  await page.keyboard.press("Control+B");
  await lens.click();
  const view = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  await view.locator(".path li").nth(3).waitFor();
  await closeNotifications(page);
  await view.getByRole("button", { name: "Run the modes" }).click();
  await view.locator(".chart svg").waitFor();
  await view.locator(".path").focus();
  for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowDown");
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1_000);
}

async function closeNotifications(page: Page): Promise<void> {
  for (const button of await page.getByRole("button", { name: /^(Clear|Close) Notification/ }).all())
    await button.click();
}

async function takePicture(chromium: string, picture: Picture): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "allocpolicy-screenshot-"));
  const workspace = join(scratch, "examples");
  cpSync(inRoot("examples"), workspace, { recursive: true });
  const server = await startServer({
    host: await ensureHost(),
    dataFolder: join(scratch, "server"),
    port: 0,
    token: null,
    packages: [VSIX],
    settings: { ...SETTINGS, ...picture.settings },
    environment: {},
    testDriver: false,
  });
  const browser = await launch(chromium);
  const page = await browser.newPage({ viewport: picture.size });
  page.setDefaultTimeout(PATIENCE_MS);
  try {
    await page.goto(`http://${server.authority}/?folder=${encodeURIComponent(workspace)}`);
    await picture.stage(page);
    writeFileSync(inRoot(`docs/${picture.name}`), withPalette(await page.screenshot()));
  } catch (error) {
    await page.screenshot({ path: inRoot("out/screenshot-failed.png") });
    throw error;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

const chromium = findChromium();
if (chromium === null) throw new Error(`Chromium is missing. ${HOW_TO_INSTALL}`);
const wanted = process.argv.slice(2);
for (const picture of PICTURES)
  if (wanted.length === 0 || wanted.includes(picture.name)) await takePicture(chromium, picture);
