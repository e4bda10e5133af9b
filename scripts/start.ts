// `npm start`: builds, checks examples/ and shows the findings, then opens the editor on examples/ with the extension
// in it.
// usage: npm start [-- --no-editor] [-- --port N]
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { ensureHost, HOST_NAME } from "./editor/host.ts";
import { startServer } from "./editor/server.ts";
import { inRoot, VSIX } from "./paths.ts";
import { capture, step } from "./progress.mjs";

const USAGE = `usage: npm start [-- --no-editor] [-- --port N]

builds, checks examples/ and opens the editor on them

options
  --no-editor  only the findings
  --port N     where the editor in the browser listens, if it can: 8437`;

const EXAMPLES = "examples";
/** What the editor shows first. */
const FIRST_FILE = "mistakes.allocpolicy";
/** Tells the extension to open it, and its first steps beside it, when it is started for the first time here. */
const FIRST_STEPS = { ALLOCPOLICY_FIRST_FILE: FIRST_FILE };
/** Where the editor listens if nothing else does, so that the browser remembers it. */
const PORT = 8437;

/** Runs a program on this terminal. @returns its exit code */
function run(program: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: inRoot(), stdio: "inherit", env: { ...process.env, ...more } });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Prints the findings in examples/, which are there to be found: only a check that cannot be made stops here. */
async function check(): Promise<void> {
  console.log(`\nallocpolicy check ${EXAMPLES}/   (what is wrong in these files is planted)`);
  const exitCode = await run(process.execPath, [inRoot("dist/allocpolicy.cjs"), "check", `${EXAMPLES}/`]);
  if (exitCode > 1) throw new Error(`allocpolicy check ended with code ${exitCode}`);
  console.log();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

const desktopVsCode = (): string | undefined =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, process.platform === "win32" ? "code.cmd" : "code"))
    .find(existsSync);

/** @returns whether desktop VS Code took the folder */
async function openDesktop(code: string): Promise<boolean> {
  console.log(`Opening ${EXAMPLES}/ in VS Code (${code}).`);
  const exitCode = await run(code, [`--extensionDevelopmentPath=${inRoot()}`, inRoot(EXAMPLES)], FIRST_STEPS).catch(
    () => 1,
  );
  if (exitCode !== 0) console.log(`${code} ended with code ${exitCode}: opening the editor in the browser instead.`);
  return exitCode === 0;
}

async function openInBrowser(port: number): Promise<void> {
  const host = await ensureHost();
  await step("Packing the extension", () =>
    capture(process.execPath, [inRoot("scripts/package.ts")], { cwd: inRoot() }),
  );
  const token = randomBytes(12).toString("hex");
  const server = await step(`Starting the ${HOST_NAME} server`, () =>
    startServer({
      host,
      dataFolder: inRoot(".vscode-test/editor"),
      port,
      token,
      packages: [VSIX],
      settings: {},
      environment: FIRST_STEPS,
      testDriver: false,
    }),
  );
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const address = new URL(`http://${server.authority}/`);
  address.searchParams.set("tkn", token);
  address.searchParams.set("folder", inRoot(EXAMPLES));
  console.log(
    [
      "\nThe editor is open at",
      address.href,
      `It begins with ${FIRST_FILE} and three first steps beside it. What is wrong in these files is planted.`,
      "Only this machine can reach it, and only with that address. Ctrl-C ends it.",
    ].join("\n\n"),
  );
  const ending = await Promise.race([
    stopped.then(() => "stopped" as const),
    server.ended.then(() => "ended" as const),
  ]);
  await server.stop();
  if (ending === "ended") throw new Error(`the VS Code server ended by itself:\n${server.log()}`);
}

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "no-editor": { type: "boolean", default: false },
      port: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  await step("Building", () => capture(process.execPath, [inRoot("scripts/build.ts")], { cwd: inRoot() }));
  await check();
  if (values["no-editor"]) return;
  const code = desktopVsCode();
  if (code !== undefined && (await openDesktop(code))) return;
  const wanted = values.port === undefined ? PORT : Number(values.port);
  await openInBrowser(values.port !== undefined || (await isFree(wanted)) ? wanted : 0);
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
