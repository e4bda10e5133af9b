// The program `allocpolicy`. It only picks what to load, because the language server must answer within a tenth of a
// second and neither half needs the other: server.js for `lsp`, cli.mjs for everything else. This file itself runs on
// any old Node.
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const OLDEST_NODE = 20;
const USAGE = 2;
/** A server is idle by then. */
const FLUSH_MS = 5000;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  console.error(`allocpolicy needs Node ${OLDEST_NODE} or newer; this is ${process.version}.`);
  process.exitCode = USAGE;
} else {
  // Since Node 22: what has been compiled once is not compiled again by the next start. Not in /tmp, where others could
  // write.
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  if ("enableCompileCache" in nodeModule) nodeModule.enableCompileCache(join(caches, "allocpolicy"));
  // Bundled, this file stands in dist/, beside the two halves.
  const isServer = process.argv[2] === "lsp" && ["--stdio", "--node-ipc"].some((how) => process.argv.includes(how));
  // Servers are often killed, and what they compiled would be lost.
  if (isServer && "flushCompileCache" in nodeModule) setTimeout(() => nodeModule.flushCompileCache(), FLUSH_MS).unref();
  if (isServer) nodeModule.createRequire(__filename)("./server.js");
  else void import(pathToFileURL(join(__dirname, "cli.mjs")).href);
}
