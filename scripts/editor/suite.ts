// Runs the suite of test/editor inside the extension host of a real VS Code.
//   default                            the VS Code server of host.ts, opened by Chromium
//   VSCODE_EXECUTABLE=/path/to/code    that desktop VS Code
// usage: npm run test:editor [-- --package] [-- --oldest] [-- --verbose]
//   --package  the extension as packed, not from its folder
//   --oldest   the oldest VS Code that package.json claims, not the newest
import { resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, parseArgs } from "node:util";
import { inRoot, isProgram, VSIX } from "../paths.ts";
import { capture } from "../progress.mjs";
import { findChromium, HOW_TO_INSTALL, launch } from "./browser.ts";
import { ensureHost, type HostAge } from "./host.ts";
import { serveKeyboard } from "./keyboard.ts";
import { startServer } from "./server.ts";

/** The suite's own lines among all that the workbench logs; as in test/editor/reporter.ts. */
const TAG = "[suite] ";
const SUITE = "out/editor-suite.cjs";
/** Names the file where the suite leaves its closing line; as in test/editor/reporter.ts. */
const RESULT_VARIABLE = "ALLOCPOLICY_SUITE_RESULT";
/** Names the address of the keyboard; as in test/editor/keyboard.ts. */
const KEYBOARD_VARIABLE = "ALLOCPOLICY_KEYBOARD";
const LIMIT_MS = 900_000;
/** The editor asks for suggestions with the key itself, so that a question of the suite comes after it. */
const SUITE_SETTINGS = { "editor.quickSuggestionsDelay": 0 };
/** Harmless: native modules that host.ts does not build, and the service worker of code-server's own page. */
const NOISE = /spdlog|native-watchdog|serviceWorker\.js|Ignoring fetching additional builtin/;
const NOISE_OF_SERVER = /^Error: Could not locate the bindings file[\s\S]*?^}\n/gm;

/** Where the extension comes from. */
export type Variant = "folder" | "package";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How many tests one run of the suite has, from its text: for when it cannot run. */
export function countTests(): number {
  const folder = inRoot("test/editor");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".suite.ts"))
    .reduce((sum, file) => sum + [...readFileSync(join(folder, file), "utf8").matchAll(/^ *test\(/gm)].length, 0);
}

/**
 * Reads what the suite left behind. A suite that left nothing, or ran another number of tests than its text has, is
 * broken.
 */
function countsOf(resultFile: string, exitCode: number): Counts {
  const line = existsSync(resultFile) ? readFileSync(resultFile, "utf8") : "";
  const found = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
  if (found === null) throw new Error(`the editor suite ended with code ${exitCode} and without a result`);
  const [passed, failed, skipped] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (passed + failed + skipped !== countTests())
    throw new Error(`the editor suite ran ${passed + failed + skipped} tests; its text has ${countTests()}`);
  if (exitCode !== 0 && failed === 0) throw new Error(`the editor suite ended with code ${exitCode}`);
  return { passed, failed, skipped };
}

/** One run: which extension, on which copy of the workspace, and where the suite leaves its result. */
interface Run {
  readonly variant: Variant;
  readonly workspace: string;
  readonly scratch: string;
  readonly resultFile: string;
  readonly verbose: boolean;
  readonly age: HostAge;
}

/** The extension under development, or what stands in for it when the packed one is tested. */
const developed = (variant: Variant): string => (variant === "folder" ? inRoot() : inRoot("test/editor/driver"));

async function runInDesktop(run: Run, executable: string): Promise<Counts> {
  const extensions = ["--extensions-dir", join(run.scratch, "extensions")];
  if (run.variant === "package") {
    const [cli = executable, ...cliArgs] = resolveCliArgsFromVSCodeExecutablePath(executable);
    await capture(cli, [...cliArgs, ...extensions, "--install-extension", VSIX, "--force"]);
  }
  const exitCode = await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: developed(run.variant),
    extensionTestsPath: inRoot(SUITE),
    extensionTestsEnv: { [RESULT_VARIABLE]: run.resultFile },
    launchArgs: [run.workspace, ...extensions, "--disable-workspace-trust", "--skip-welcome", "--skip-release-notes"],
  });
  return countsOf(run.resultFile, exitCode);
}

async function runInServer(
  { variant, workspace, scratch, resultFile, verbose, age }: Run,
  chromium: string,
): Promise<Counts> {
  const browser = await launch(chromium);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const keyboard = await serveKeyboard(page);
  const server = await startServer({
    host: await ensureHost(age),
    dataFolder: join(scratch, "server"),
    port: 0,
    token: null,
    packages: variant === "package" ? [VSIX] : [],
    settings: SUITE_SETTINGS,
    environment: { [RESULT_VARIABLE]: resultFile, [KEYBOARD_VARIABLE]: keyboard.address },
    testDriver: true,
  });
  const rest: string[] = [];
  try {
    const exited = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `the workbench reported no exit code in ${LIMIT_MS / 1000} s: if what it got to was ok, this machine is too slow or too busy for it`,
            ),
          ),
        LIMIT_MS,
      );
      page.on("crash", () => reject(new Error("the page crashed")));
      void page.exposeFunction("codeAutomationLog", (kind: string, args: unknown[]) => {
        const line = format(...args);
        if (line.startsWith(TAG)) console.log(line.slice(TAG.length));
        else if (verbose || !NOISE.test(line)) rest.push(`${kind}: ${line}`);
      });
      void page.exposeFunction("codeAutomationExit", (code: number) => {
        clearTimeout(timer);
        resolve(code);
      });
    });
    exited.catch(() => undefined);
    const remote = (path: string): string => `vscode-remote://${server.authority}${path}`;
    const address = new URL(`http://${server.authority}/`);
    address.searchParams.set("folder", workspace);
    address.searchParams.set(
      "payload",
      JSON.stringify([
        ["skipWelcome", "true"],
        ["extensionDevelopmentPath", remote(developed(variant))],
        ["extensionTestsPath", remote(inRoot(SUITE))],
      ]),
    );
    await page.goto(address.href);
    const exitCode = await exited;
    const counts = countsOf(resultFile, exitCode);
    if (verbose || counts.failed > 0) console.error(["The workbench's log:", ...rest].join("\n"));
    return counts;
  } catch (error) {
    console.error(
      ["The workbench's log:", ...rest, "The server's log:", server.log().replaceAll(NOISE_OF_SERVER, "")].join("\n"),
    );
    throw error;
  } finally {
    keyboard.close();
    await browser.close();
    await server.stop();
  }
}

/**
 * Runs the suite once, on a copy of its workspace. dist/ and out/ must have been built, and the extension packed for
 * `package`. `age`: which VS Code, where none is given by VSCODE_EXECUTABLE.
 * @returns null when there is no VS Code to run it in, because Chromium is missing
 * @throws when the suite does not come to its end
 */
export async function runSuite(variant: Variant, verbose = false, age: HostAge = "newest"): Promise<Counts | null> {
  const desktop = process.env.VSCODE_EXECUTABLE;
  const chromium = findChromium();
  if (desktop === undefined && chromium === null) return null;
  const scratch = mkdtempSync(join(tmpdir(), "allocpolicy-editor-"));
  const workspace = join(scratch, "workspace");
  cpSync(inRoot("test/editor/workspace"), workspace, { recursive: true });
  const run: Run = { variant, workspace, scratch, resultFile: join(scratch, "result"), verbose, age };
  try {
    return await (desktop === undefined ? runInServer(run, chromium ?? "") : runInDesktop(run, desktop));
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

if (isProgram(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      package: { type: "boolean", default: false },
      oldest: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  const age = values.oldest ? "oldest" : "newest";
  const counts = await runSuite(values.package ? "package" : "folder", values.verbose, age);
  if (counts === null) console.error(`Chromium is missing. ${HOW_TO_INSTALL}`);
  process.exitCode = counts !== null && counts.failed === 0 ? 0 : 1;
}
