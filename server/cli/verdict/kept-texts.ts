/** Answers that are kept by line, and as many by what is asked, in UTF-16 units: scripts ask the same over and over. */
const MOST_KEPT = 16 * 1024 * 1024;

/** Texts by their keys; when they are too many they are all forgotten. */
export class KeptTexts {
  readonly #texts = new Map<string, string>();
  #size = 0;

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }

  keep(key: string, text: string): void {
    const size = key.length + text.length;
    if (this.#size + size > MOST_KEPT) {
      this.#texts.clear();
      this.#size = 0;
    }
    this.#texts.set(key, text);
    this.#size += size;
  }
}
