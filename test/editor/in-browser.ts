// What must work where there is no Node at all: extension and language server as web workers. Seen from outside, on the page.
import type { Page } from "playwright-core";

export interface PageTest {
  readonly title: string;
  readonly run: (page: Page) => Promise<void>;
}

/** The workspace's file that is opened, and the text in it that is wrong. */
export const WRONG_FILE = "wrong.allocpolicy";

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
      await page.locator(".view-line span", { hasText: /^__GFP_NOFAIL$/ }).first().hover();
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
];
