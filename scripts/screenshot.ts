// Writes docs/screenshot.png: the packed extension in a real VS Code on examples/mistakes.allocpolicy, with its marks, the
// Problems panel and a hover. usage: npm run screenshot
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { findChromium, HOW_TO_INSTALL, launch } from "./editor/browser.ts";
import { ensureHost } from "./editor/host.ts";
import { startServer } from "./editor/server.ts";
import { inRoot, VSIX } from "./paths.ts";

const FILE = "mistakes.allocpolicy";
const SIZE = { width: 1280, height: 800 };
/** What the mouse rests on: a text of the file, and what the hover over it says. */
const HOVERED = { text: "__GFP_NOFAIL", says: "__GFP_NOFAIL" };

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

async function stage(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("treeitem", { name: FILE }).first().dblclick();
  await page.locator(".squiggly-error").first().waitFor();
  await page.keyboard.press("Control+Shift+M");
  await page.locator(".markers-panel .monaco-list-row").nth(3).waitFor();
  // Nothing that is only there because the window has just been opened.
  await page.keyboard.press("Escape");
  await page.getByRole("treeitem", { name: FILE }).first().click();
  for (const button of await page.getByRole("button", { name: /^(Clear|Close) Notification/ }).all()) await button.click();
  await page.locator(".view-line span", { hasText: new RegExp(`^.?${HOVERED.text}$`) }).first().hover();
  await page.locator(".monaco-hover", { hasText: HOVERED.says }).first().waitFor();
  // The hover fades in.
  await page.waitForTimeout(1_000);
}

async function takeScreenshot(chromium: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "allocpolicy-screenshot-"));
  const workspace = join(scratch, "examples");
  cpSync(inRoot("examples"), workspace, { recursive: true });
  const server = await startServer({
    host: await ensureHost(), dataFolder: join(scratch, "server"), port: 0, token: null, packages: [VSIX], settings: SETTINGS, environment: {}, testDriver: false,
  });
  const browser = await launch(chromium);
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await stage(page, `http://${server.authority}/?folder=${encodeURIComponent(workspace)}`);
    await page.screenshot({ path: inRoot("docs/screenshot.png") });
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
await takeScreenshot(chromium);
