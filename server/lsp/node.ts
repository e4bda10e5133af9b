import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createConnection,
  IPCMessageReader,
  IPCMessageWriter,
  Message,
  ProposedFeatures,
  type Connection,
  type MessageWriter,
} from "vscode-languageserver/node";
import { endThoughDiskHangs, tracked } from "../disk/pending.ts";
import { readFileBytes } from "../disk/read.ts";
import { eachRequest } from "./each-request.ts";
import { loading } from "../service/pieces.ts";
import { boundHeap, sweepHeap, unboundHeap } from "./heap.ts";
import type { Host } from "./host.ts";
import { InputReader } from "./input.ts";
import { inTurn } from "./lifecycle.ts";
import type { startServer } from "./server.ts";
import { OutputWriter } from "./output.ts";
import { asBegun, optimiseForLongWork, optimiseForTyping, optimiseSparingly } from "./tiering.ts";

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(["node_modules", ".git", ".hg", ".svn"]);

/** Null for a uri that names no file of this machine, such as one with a host in it. */
function pathOf(uri: string): string | null {
  try {
    return fileURLToPath(uri);
  } catch {
    return null;
  }
}

/** Two folders up, both from here and from where this is bundled to. */
const PAGES_BESIDE = new URL("../../docs/rules/", import.meta.url);

/** The files of this machine. */
export const disk: Host = {
  ...(existsSync(PAGES_BESIDE) ? { rulePages: PAGES_BESIDE.href } : {}),
  canRead: (uri) => uri.startsWith("file:"),
  async readFile(uri) {
    const path = pathOf(uri);
    if (path === null) return { unreadable: "it is on another machine" };
    const content = await readFileBytes(path);
    return "bytes" in content ? { text: content.bytes.toString("utf8") } : content;
  },
  async listFiles(folderUri, isWanted, limit) {
    const found: string[] = [];
    const folders = [pathOf(folderUri)].filter((path) => path !== null);
    for (let folder = folders.pop(); folder !== undefined && found.length < limit; folder = folders.pop()) {
      const entries = await tracked(readdir(folder, { withFileTypes: true })).catch(() => []);
      for (const entry of entries) {
        if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) folders.push(join(folder, entry.name));
        else if (entry.isFile() && isWanted(entry.name)) found.push(pathToFileURL(join(folder, entry.name)).href);
      }
    }
    return found.slice(0, limit);
  },
};

/** A process that does nothing else: what V8 is told holds for all of it. */
const OWN_PROCESS: Host = {
  ...disk,
  ready: sweepHeap,
  edited: optimiseForTyping,
  worksLong: optimiseForLongWork,
};

/**
 * Serves one client over standard input and output (`--stdio`) or Node's IPC (`--node-ipc`), as the arguments say.
 * `answered`: the id of a request whose answer was given already, and is not given again.
 */
export function serve(start: typeof startServer, answered: number | string | null): void {
  endThoughDiskHangs();
  const isStdio = process.argv.includes("--stdio");
  // Code of other flags is not taken from the cache, nor kept in it.
  loading.by = asBegun;
  start(connectionOf(isStdio, answered), OWN_PROCESS);
  // By then all is loaded that the start needs.
  setImmediate(boundHeap);
  process.on("exit", () => {
    optimiseSparingly();
    unboundHeap();
  });
}

function connectionOf(isStdio: boolean, answered: number | string | null): Connection {
  if (isStdio) return stdioConnection(answered);
  if (!process.argv.includes("--node-ipc")) return createConnection(ProposedFeatures.all, inTurn());
  const all = new IPCMessageWriter(process);
  const writer = answered === null ? all : withoutAnswer(answered, all);
  const each = eachRequest({ reader: new IPCMessageReader(process), writer });
  return createConnection(ProposedFeatures.all, each.reader, each.writer, inTurn());
}

/** Standard output is the client's, and the server ends with its input. What is text already is sent as it is. */
function stdioConnection(answered: number | string | null): Connection {
  // The client is gone: there is nobody to tell.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
  for (const name of ["debug", "info", "log"] as const) console[name] = console.error;
  let status = 1;
  const all = new OutputWriter(process.stdout);
  const writer = answered === null ? all : withoutAnswer(answered, all);
  const { reader, ...each } = eachRequest({ reader: new InputReader(process.stdin, endOnBroken), writer });
  const turns = inTurn(() => {
    status = 0;
  });
  process.stdin.on("end", () => {
    each.ended();
    setTimeout(() => process.exit(status), LAST_WORDS_MS).unref();
  });
  process.stdin.on("close", () => {
    if (!process.stdin.readableEnded) process.exit(status);
  });
  return createConnection(ProposedFeatures.all, reader, each.writer, turns);
}

/** Who has nothing more to say waits no longer for answers, in milliseconds. */
const LAST_WORDS_MS = 10_000;

function withoutAnswer(id: number | string, writer: MessageWriter): MessageWriter {
  let isDue = true;
  return {
    onError: writer.onError,
    onClose: writer.onClose,
    write(message) {
      if (!isDue || !Message.isResponse(message) || message.id !== id) return writer.write(message);
      isDue = false;
      return Promise.resolve();
    },
    end: () => writer.end(),
    dispose: () => writer.dispose(),
  };
}

/** Ends the server with a word when nothing of what comes can be read any more. A client then starts another. */
function endOnBroken(what: string): never {
  process.stderr.write(`allocpolicy: ${what}: the messages cannot be read any more, and the server ends\n`);
  process.exit(1);
}
