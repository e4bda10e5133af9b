import { startServer } from "./server.ts";

// The server as it is bundled: one file for both hosts, which is nearly half the package. Only the door of the host is
// opened.
// The doors are given the server and do not import it: what a lazy module imports is compiled twice, at every start.
if ("importScripts" in globalThis) void import("./browser.ts").then(({ serve }) => serve(startServer));
else void import("./node.ts").then(({ serve }) => serve(startServer));
