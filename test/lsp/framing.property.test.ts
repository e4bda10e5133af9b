import fc from "fast-check";
import { expect, test } from "vitest";
import { Framing } from "../../server/lsp/framing.ts";

const message = fc
  .record({ body: fc.string({ unit: "binary", maxLength: 60 }), type: fc.boolean() })
  .map(({ body, type }) => {
    const bytes = Buffer.from(body);
    const more = type ? "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" : "";
    const header = Buffer.from(`${more}Content-Length: ${bytes.length}\r\n\r\n`);
    return { body: bytes.toString(), bytes: Buffer.concat([header, bytes]) };
  });

test("messages are parted however the stream is cut, and what comes behind them is looked at as a header", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat({ max: 80 })), (messages, cuts) => {
      const framing = new Framing();
      const bodies: string[] = [];
      const take = (body: Buffer): void => void bodies.push(body.toString());
      let rest = Buffer.concat(messages.map(({ bytes }) => bytes));
      for (const cut of cuts) {
        expect(framing.follow(rest.subarray(0, cut), take)).toBeNull();
        rest = rest.subarray(cut);
      }
      expect(framing.follow(rest, take)).toBeNull();
      expect(bodies).toEqual(messages.map(({ body }) => body));
      expect(framing.follow(Buffer.from("broken\r\n\r\n"), take)).toBe("'broken' is no line of a header");
    }),
    { seed: 20261128 },
  );
});

test("a header that does not come to its end is broken, however the stream is cut", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 4093, max: 9000 }), (cut, length) => {
      const framing = new Framing();
      const bytes = Buffer.from(`${"x".repeat(length)}\r\n\r\n`);
      const told: (string | null)[] = [];
      for (let at = 0; at < bytes.length && !told.some((what) => what !== null); at += cut)
        told.push(framing.follow(bytes.subarray(at, at + cut), () => {}));
      expect(told.at(-1)).toBe("a header does not come to its end");
    }),
    { seed: 20261129, numRuns: 50 },
  );
});
