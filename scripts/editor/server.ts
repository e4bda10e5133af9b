// The VS Code server of host.ts as a running program on 127.0.0.1.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capture } from "../progress.mjs";
import type { Host } from "./host.ts";

/** Without a gallery: otherwise the server and the page look one up on the network at each start. */
const ENVIRONMENT = { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }) };

const SETTINGS = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
};

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 3_000;

export interface ServerOptions {
  /** From ensureHost(). */
  readonly host: Host;
  /** Where the server keeps its extensions, settings and logs. */
  readonly dataFolder: string;
  /** 0: any free one. */
  readonly port: number;
  /** What a browser must show to be let in; null: anybody on this machine is. */
  readonly token: string | null;
  /** Extensions to install first. */
  readonly packages: readonly string[];
  /** Beside the settings that every host here gets; for a data folder that is new. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** For the server and what it starts, over this program's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Let a page run a test suite in the extension host and hear its exit code. */
  readonly testDriver: boolean;
}

export interface RunningServer {
  /** `127.0.0.1:port` */
  readonly authority: string;
  /** All that it printed so far. */
  readonly log: () => string;
  /** Settles when the server ends by itself. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @throws when the server does not start within a minute, or an extension cannot be installed */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  for (const scope of ["Machine", "User"]) {
    const folder = join(options.dataFolder, "data", scope);
    const file = join(folder, "settings.json");
    mkdirSync(folder, { recursive: true });
    // What a user has changed since stays.
    if (!existsSync(file)) writeFileSync(file, JSON.stringify({ ...SETTINGS, ...options.settings }, null, 2));
  }
  const program = join(options.host.folder, "out", "server-main.js");
  const env = { ...process.env, ...ENVIRONMENT, ...options.environment };
  const common = ["--server-data-dir", options.dataFolder, "--accept-server-license-terms", "--telemetry-level", "off"];
  for (const file of options.packages) {
    await capture(options.host.node, [program, ...common, "--install-extension", file, "--force"], {
      cwd: options.host.folder,
      env,
    });
  }

  // A process group of its own: the server, its extension hosts, the language server, the terminals.
  const child = spawn(
    options.host.node,
    [
      program,
      ...common,
      "--host",
      "127.0.0.1",
      "--port",
      String(options.port),
      "--disable-workspace-trust",
      ...(options.token === null ? ["--without-connection-token"] : ["--connection-token", options.token]),
      ...(options.testDriver ? ["--enable-smoke-test-driver"] : []),
    ],
    { cwd: options.host.folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Already gone.
    }
  };
  // However this program ends, also by an exception, nothing stays behind.
  const killOrphans = (): void => signalGroup("SIGKILL");
  process.once("exit", killOrphans);

  let log = "";
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the VS Code server did not start:\n${log}`)), START_LIMIT_MS);
    const read = (chunk: Buffer): void => {
      log += String(chunk);
      const listening = /Extension host agent listening on (\d+)/.exec(log)?.[1];
      if (listening === undefined) return;
      clearTimeout(timer);
      resolve(listening);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the VS Code server ended with code ${code}:\n${log}`)));
  });

  return {
    authority: `127.0.0.1:${port}`,
    log: () => log,
    ended,
    async stop() {
      signalGroup("SIGTERM");
      const hard = setTimeout(() => signalGroup("SIGKILL"), STOP_LIMIT_MS);
      if (child.exitCode === null && child.signalCode === null) await ended;
      clearTimeout(hard);
      signalGroup("SIGKILL");
      process.off("exit", killOrphans);
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
