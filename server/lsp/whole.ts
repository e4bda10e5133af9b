// The server as it is bundled: one file for both hosts, which is nearly half the package. Only the door of the host is
// opened: a web worker by itself, Node by main.ts.
// The doors are given the server and do not import it: what a lazy module imports is compiled twice, at every start.
import { startServer } from "./server.ts";

if ("importScripts" in globalThis) void import("./browser.ts").then((door) => door.serve(startServer));

/** Serves the client of this Node process. `answered`: the id of a request whose answer was given already. */
export async function serve(answered: number | string | null): Promise<void> {
  const door = await import("./node.ts");
  door.serve(startServer, answered);
}
