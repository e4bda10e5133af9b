import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodedMail } from "../../server/cli/change/mail.ts";

const line = fc.constantFrom(
  "diff --git a/x.c b/x.c",
  "--- a/x.c",
  "+++ b/x.c",
  "@@ -1,2 +1,2 @@ void *get(void)",
  " \tp = kmalloc(64, GFP_KERNEL);",
  "-\tq = 3D; /* ü — 中 */",
  '+\treturn a == b ? "=20" : 0; ',
  "",
  "> quoted",
  "Content-Transfer-Encoding: base64",
  "From here on",
  "-- ",
  "--part",
);
const body = fc.array(line, { maxLength: 12 }).map((lines) => `${lines.join("\n")}\n`);

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  "8bit": (text) => text,
  base64: (text) =>
    Buffer.from(text)
      .toString("base64")
      .replace(/.{1,76}/g, "$&\n")
      .trimEnd(),
  "Quoted-Printable": (text) =>
    text
      .split("\n")
      .map((one) =>
        one
          .replace(/[^ -<>-~\t]+|=|[ \t]$/gu, (wild) =>
            Buffer.from(wild).toString("hex").toUpperCase().replace(/../g, "=$&"),
          )
          // Lines are broken where no byte is torn.
          .replace(/(?:=[0-9A-F]{2}|[^=]){1,70}(?=.)/g, "$&=\n"),
      )
      .join("\n"),
};

const sent = fc.record({ text: body, encoding: fc.constantFrom(...Object.keys(ENCODINGS)) });
const written = ({ text, encoding }: { text: string; encoding: string }): string =>
  `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: ${encoding}\n\n${ENCODINGS[encoding]?.(text)}`;

const headOf = (subject: string): string => `From: A <a@example.org>\nSubject: [PATCH] ${subject}\nMIME-Version: 1.0\n`;
const squeezed = (text: string): string => text.replaceAll(/\n+/g, "\n").trim();

describe("a mail", () => {
  test("says what was written, however it was sent", () => {
    fc.assert(
      fc.property(sent, (mail) => {
        expect(squeezed(decodedMail(headOf("x") + written(mail)))).toContain(squeezed(mail.text));
      }),
    );
  });

  test("of several parts, and one of several in an mbox, says what was written in each", () => {
    fc.assert(
      fc.property(fc.array(fc.array(sent, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), (mails) => {
        const mbox = mails
          .map((parts, at) => {
            const mark = `=_b${at}`;
            const all = parts.map((part) => `--${mark}\n${written(part)}\n`).join("");
            return `From 0123abcd Mon Sep 17 00:00:00 2001\n${headOf("y")}Content-Type: multipart/mixed;\n boundary="${mark}"\n\n${all}--${mark}--\n`;
          })
          .join("");
        const decoded = squeezed(decodedMail(mbox));
        for (const { text } of mails.flat()) expect(decoded).toContain(squeezed(text));
      }),
    );
  });

  test("that is a plain diff stays as it is", () => {
    fc.assert(
      fc.property(body, (text) => {
        const diff = `diff --git a/x.c b/x.c\n${text}`;
        expect(decodedMail(diff)).toBe(diff);
      }),
    );
  });
});
