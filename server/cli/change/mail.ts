/** How the mails of an mbox begin, as git format-patch and mail archives write them. */
const MBOX = /^From \S+ .*\d{2}:\d{2}:\d{2} /;
const HEADER = /^(?:[!-9;-~]+:|[ \t]+\S)/;
const ENCODING = /^Content-Transfer-Encoding:[ \t]*(quoted-printable|base64)[ \t]*\r?$/i;
const BOUNDARY = /\bboundary=(?:"([^"]+)"|([^\s;"]+))/gi;

const DECODERS: Readonly<Record<string, (body: string) => string>> = {
  "quoted-printable": (body) =>
    body
      .replace(/=[ \t]*\r?\n/g, "")
      .replace(/(?:=[0-9A-F]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString("utf8")),
  base64: (body) => `${Buffer.from(body, "base64").toString("utf8")}\n`,
};

/**
 * Mails with their bodies as they were written: what is sent as quoted-printable or base64 is taken back, mail by mail
 * of an mbox and part by part. Any other text stays as it is.
 */
export function decodedMail(text: string): string {
  const boundaries = new Set([...text.matchAll(BOUNDARY)].map(([, quoted, bare]) => `--${quoted ?? bare ?? ""}`));
  const isMark = (line: string): boolean =>
    MBOX.test(line) || boundaries.has(line.trimEnd()) || boundaries.has(line.trimEnd().replace(/--$/, ""));
  const parts: string[][] = [[]];
  for (const line of text.split("\n")) {
    if (isMark(line)) parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines) => decodedPart(lines, isMark(lines[0] ?? "") ? 1 : 0))
    .join("\n");
}

/** One mail or part of a mail, whose header begins at this line. */
function decodedPart(lines: readonly string[], start: number): readonly string[] {
  let body = start;
  let decoder: ((body: string) => string) | undefined;
  for (; HEADER.test(lines[body] ?? ""); body++) {
    const encoding = ENCODING.exec(lines[body] ?? "")?.[1]?.toLowerCase();
    if (encoding !== undefined) decoder = DECODERS[encoding];
  }
  if (decoder === undefined) return lines;
  return [...lines.slice(0, body), ...decoder(lines.slice(body).join("\n")).split("\n")];
}
