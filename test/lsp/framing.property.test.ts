import fc from "fast-check";
import { expect, test } from "vitest";
import { Framing } from "../../server/lsp/framing.ts";

const message = fc
  .record({ body: fc.string({ unit: "binary", maxLength: 60 }), type: fc.boolean() })
  .map(({ body, type }) => {
    const bytes = Buffer.from(body);
    const more = type ? "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" : "";
    return Buffer.concat([Buffer.from(`${more}Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
  });

test("messages are followed however the stream is cut, and what comes behind them is looked at as a header", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat({ max: 80 })), (messages, cuts) => {
      const framing = new Framing();
      let rest = Buffer.concat(messages);
      for (const cut of cuts) {
        expect(framing.follow(rest.subarray(0, cut))).toBeNull();
        rest = rest.subarray(cut);
      }
      expect(framing.follow(rest)).toBeNull();
      expect(framing.follow(Buffer.from("broken\r\n\r\n"))).toBe("'broken' is no line of a header");
    }),
    { seed: 20261128 },
  );
});
