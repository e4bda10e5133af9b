// The server as it is bundled: one file for both hosts, which is nearly half the package. Only the door of the host is opened.
if ("importScripts" in globalThis) void import("./browser.ts");
else void import("./node.ts");
