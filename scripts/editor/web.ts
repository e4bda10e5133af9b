// Runs the tests of test/editor/in-browser.ts: the browser build of the extension in the web worker host of the
// workbench.
// usage: npm run test:web [-- --oldest]
//   --oldest  the oldest VS Code that package.json claims, not the newest
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { PAGE_TESTS } from "../../test/editor/in-browser.ts";
import { inRoot, isProgram } from "../paths.ts";
import { findChromium, HOW_TO_INSTALL, launch } from "./browser.ts";
import { ensureHost, type HostAge } from "./host.ts";
import { startServer } from "./server.ts";
import type { Counts } from "./suite.ts";

/** A busy machine is no failure: what never comes is waited for this long. */
const PATIENCE_MS = 60_000;
/** Where the page finds the extension: on its own origin, or it would not load it. */
const MOUNT = "/__extension__";

/** How many tests a run has. */
export const countPageTests = (): number => PAGE_TESTS.length;

/** Serves this folder to the page and names it as an extension in the page's own configuration. */
async function mountExtension(page: Page, authority: string): Promise<void> {
  await page.context().route(`http://${authority}${MOUNT}/**`, (route) => {
    const file = inRoot(decodeURIComponent(new URL(route.request().url()).pathname.slice(MOUNT.length + 1)));
    return existsSync(file) && statSync(file).isFile() ? route.fulfill({ path: file }) : route.fulfill({ status: 404 });
  });
  // Not by rewriting the page: its socket to the server would then be refused.
  const extension = JSON.stringify({ $mid: 1, scheme: "http", authority, path: MOUNT });
  await page.addInitScript({
    content: `
    const find = Document.prototype.getElementById;
    Document.prototype.getElementById = function (id) {
      const element = find.call(this, id);
      if (element === null || id !== "vscode-workbench-web-configuration") return element;
      const configuration = JSON.parse(element.getAttribute("data-settings"));
      configuration.developmentOptions = { ...configuration.developmentOptions, extensions: [${extension}] };
      element.setAttribute("data-settings", JSON.stringify(configuration));
      return element;
    };`,
  });
}

/** Runs the tests one after the other on one page of that VS Code. @returns null when Chromium is missing */
export async function runInWebWorker(age: HostAge = "newest"): Promise<Counts | null> {
  const chromium = findChromium();
  if (chromium === null) return null;
  const scratch = mkdtempSync(join(tmpdir(), "allocpolicy-web-"));
  const workspace = join(scratch, "workspace");
  cpSync(inRoot("test/editor/workspace"), workspace, { recursive: true });
  const server = await startServer({
    host: await ensureHost(age),
    dataFolder: join(scratch, "server"),
    port: 0,
    token: null,
    packages: [],
    settings: {},
    environment: {},
    testDriver: false,
  });
  const browser = await launch(chromium);
  let failed = 0;
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await mountExtension(page, server.authority);
    await page.goto(`http://${server.authority}/?folder=${encodeURIComponent(workspace)}`);
    for (const { title, run } of PAGE_TESTS) {
      try {
        await run(page);
        console.log(`  ok    ${title}`);
      } catch (error) {
        failed += 1;
        console.log(`  FAIL  ${title}\n${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failed > 0) await page.screenshot({ path: inRoot("out/web-failed.png") });
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
  return { passed: PAGE_TESTS.length - failed, failed, skipped: 0 };
}

if (isProgram(import.meta.url)) {
  const { values } = parseArgs({ options: { oldest: { type: "boolean", default: false } } });
  const counts = await runInWebWorker(values.oldest ? "oldest" : "newest");
  if (counts === null) console.error(`Chromium is missing. ${HOW_TO_INSTALL}`);
  process.exitCode = counts?.failed === 0 ? 0 : 1;
}
