/** The words of the user's language, by the English ones: what the page was given (client/view-page.ts). */
const given: Readonly<Record<string, string>> = JSON.parse(document.body.dataset.words ?? "{}");

/** As in the extension, so that the same words stand in the same list. */
export const l10n = {
  t: (english: string, ...values: readonly (string | number)[]): string =>
    (given[english] ?? english).replace(/\{(\d+)\}/g, (all, index: string) => String(values[Number(index)] ?? all)),
};

/** A sentence with elements in the places of `{0}` …. */
export function phrase(text: string, ...elements: readonly Node[]): readonly (Node | string)[] {
  return text.split(/\{(\d+)\}/).map((part, at) => (at % 2 === 0 ? part : (elements[Number(part)] ?? "")));
}
