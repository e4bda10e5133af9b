// Loaded into a server before itself: what comes on standard input reaches it in pieces, each in a turn of its own.
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";

/** Where pieces end, in bytes from the start; in their order. */
const cuts = JSON.parse(process.env.CUTS ?? "[]");

async function* pieces(input) {
  let [offset, next] = [0, 0];
  for await (const chunk of input) {
    let rest = chunk;
    for (; next < cuts.length && cuts[next] < offset + rest.length; next += 1) {
      const here = cuts[next] - offset;
      if (here > 0) yield rest.subarray(0, here);
      await setImmediate();
      rest = rest.subarray(here);
      offset += here;
    }
    if (rest.length > 0) yield rest;
    offset += rest.length;
  }
}

const cut = Readable.from(pieces(process.stdin), { objectMode: false });
Object.defineProperty(process, "stdin", { value: cut });
