/** How a picture is coloured: by itself, for light and dark; or by the page that it stands in. */
export type SvgStyle = "file" | "page";

const COLOURS = `svg{--ink:#1f2328;--quiet:#59636e;--line:#d1d9e0;--bar:#0969da;--other:#8c959f;--ground:#fff}
@media(prefers-color-scheme:dark){svg{--ink:#f0f6fc;--quiet:#9198a1;--line:#3d444d;--bar:#4493f8;--other:#656c76;--ground:#0d1117}}`;

/** What the page of a view has in its own style instead: the extension's. */
const CLASSES =
  "text{font:13px system-ui,sans-serif;fill:var(--ink)}.quiet{fill:var(--quiet);font-size:12px}.head{font-weight:600}.ground{fill:var(--ground)}.bar{fill:var(--bar)}.other{fill:var(--other)}.line{stroke:var(--line)}.reach{stroke:var(--ink);fill:none}";

/**
 * A picture of this size with what it shows in words, for those who hear it. `inner` is SVG; title and words are text.
 */
export function svgOf(
  { width, height, style }: { readonly width: number; readonly height: number; readonly style: SvgStyle },
  title: string,
  words: string,
  inner: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title words">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="words">${escaped(words)}</desc>`,
    ...(style === "file" ? [`<style>${COLOURS}${CLASSES}</style>`] : []),
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...inner,
    "</svg>",
    "",
  ].join("\n");
}

/** Text as it stands in SVG, in an attribute too. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
