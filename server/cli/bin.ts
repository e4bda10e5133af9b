// The program `allocpolicy`. It only picks what to load, because the language server must answer within a tenth of a
// second and neither half needs the other: server.js for `lsp`, cli.mjs for everything else. This file itself runs on
// any old Node.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { keepCompiled } from "../disk/compile-cache.ts";

const OLDEST_NODE = 20;
const USAGE = 2;
const INTERNAL = 3;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  console.error(`allocpolicy needs Node ${OLDEST_NODE} or newer; this is ${process.version}.`);
  process.exitCode = USAGE;
} else {
  // Bundled, this file stands in dist/, beside the two halves.
  const isServer = process.argv[2] === "lsp" && ["--stdio", "--node-ipc"].some((how) => process.argv.includes(how));
  if (isServer) createRequire(__filename)("./server.js");
  else {
    keepCompiled(null);
    // A part of the program that is missing or torn: 1 would say that something was found.
    import(pathToFileURL(join(__dirname, "cli.mjs")).href).catch((error: unknown) => {
      console.error("allocpolicy: internal error: the program cannot be loaded as a whole; install it anew\n", error);
      process.exitCode = INTERNAL;
    });
  }
}
