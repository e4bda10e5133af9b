// What must work where there is no Node at all: extension and language server as web workers. Seen from outside, on the
// page.
import type { Page } from "playwright-core";

export interface PageTest {
  readonly title: string;
  readonly run: (page: Page) => Promise<void>;
}

/** The workspace's file that is opened, and the text in it that is wrong. */
export const WRONG_FILE = "wrong.allocpolicy";
/** The file that declares a policy with modes. */
const POLICY_FILE = "policy.allocpolicy";

export const PAGE_TESTS: readonly PageTest[] = [
  {
    title: "a mistake is marked when the file is opened",
    run: async (page) => {
      await page.getByRole("treeitem", { name: WRONG_FILE }).first().dblclick();
      await page.locator(".squiggly-error").first().waitFor();
    },
  },
  {
    title: "a hover explains the flag",
    run: async (page) => {
      // Lenses come when the marks are there, and move the lines down under a mouse that stands still.
      await page.locator(".codelens-decoration").first().waitFor();
      await page
        .locator(".view-line span", { hasText: /^__GFP_NOFAIL$/ })
        .first()
        .hover();
      await page.locator(".monaco-hover", { hasText: "__GFP_NOFAIL" }).first().waitFor();
      await page.keyboard.press("Escape");
    },
  },
  {
    title: "the status bar shows the kernel of the file",
    run: async (page) => {
      await page.locator(".statusbar-item", { hasText: "6.12" }).first().waitFor();
    },
  },
  {
    title: "what is typed is checked",
    run: async (page) => {
      await page.locator(".view-line").first().click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type("request second { api no_such_function }");
      await page.keyboard.press("Control+Shift+M");
      await page.locator(".markers-panel .monaco-list-row", { hasText: "no_such_function" }).first().waitFor();
    },
  },
  {
    title: "the matrix of a policy opens beside the editor and is read by keyboard",
    run: async (page) => {
      await page.getByRole("treeitem", { name: POLICY_FILE }).first().dblclick();
      await page.locator(".codelens-decoration a", { hasText: "Matrix" }).first().click();
      const view = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
      await view.locator("td.selects").focus();
      await view.locator("footer", { hasText: "__GFP_NORETRY, mode fast: selects" }).waitFor();
      await page.keyboard.press("ArrowRight");
      await view
        .locator("footer", { hasText: "__GFP_NORETRY, mode slow: forbidden, a mask with it selects `fast` instead" })
        .waitFor();
      await page.keyboard.press("Control+Home");
      await view.locator("th.mode:focus", { hasText: "fast" }).waitFor();
      await page.keyboard.press("Control+End");
      await view.locator("td.allowed:focus").waitFor();
    },
  },
  {
    title: "the rows that every mode forbids are folded, and shown by a key",
    run: async (page) => {
      const view = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
      const fold = view.locator("button.fold");
      await fold.filter({ hasText: /▸ Show what every mode forbids \(\d+\)/ }).waitFor();
      await view.locator("th.flag", { hasText: /^__GFP_NOFAIL$/ }).waitFor({ state: "detached" });
      await fold.focus();
      await page.keyboard.press("Enter");
      await view.locator("th.flag", { hasText: /^__GFP_NOFAIL$/ }).waitFor();
      await page.keyboard.press("Enter");
      await view.locator("th.flag", { hasText: /^__GFP_NOFAIL$/ }).waitFor({ state: "detached" });
    },
  },
  {
    title: "Enter in the matrix leads to the rule",
    run: async (page) => {
      const view = page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
      await view.locator("td.selects").focus();
      await page.keyboard.press("Enter");
      await page.locator(".statusbar-item", { hasText: "(17 selected)" }).waitFor();
    },
  },
  {
    title: "the answer over a trace has room for itself beside an editor",
    run: async (page) => {
      await page.keyboard.press("F1");
      await page.keyboard.insertText("AllocPolicy: New Policy File");
      await page.keyboard.press("Enter");
      await page.locator(".tab.active", { hasText: "kernel 6.12" }).waitFor();
      await page.keyboard.press("Control+End");
      await page.keyboard.insertText("memory some { node 0 { zone Normal { managed 1 GiB  free order 0: 9000 } } }");
      await page.locator(".codelens-decoration a", { hasText: "Simulate" }).first().click();
      const view = page.frameLocator("iframe.webview.ready").last().frameLocator("#active-frame");
      await view.locator(".path li").first().waitFor();
      const heading = await view.locator("header div").boundingBox();
      const whole = await view.locator("header").boundingBox();
      if (heading === null || whole === null || heading.width < whole.width / 2)
        throw new Error(`it has ${heading?.width} of ${whole?.width} pixels`);
    },
  },
];
