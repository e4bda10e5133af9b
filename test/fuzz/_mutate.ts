import type { Random } from "./_random.ts";

/** No input is longer, in UTF-16 units: what is wrong shows in a few lines. */
const LONGEST = 1200;

/** Another input, made from one of the corpus by a few changes. */
export function mutated(input: string, others: readonly string[], words: readonly string[], random: Random): string {
  let text = input;
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) text = changed(text, others, words, random);
  return text.slice(0, LONGEST);
}

function changed(text: string, others: readonly string[], words: readonly string[], random: Random): string {
  const at = placeIn(text, random);
  const to = Math.min(text.length, at + 1 + random.below(random.below(4) === 0 ? 80 : 8));
  const before = text.slice(0, at);
  switch (random.below(8)) {
    case 0:
      return before + text.slice(to);
    case 1:
      return before + text.slice(at, to).repeat(2 + random.below(2)) + text.slice(to);
    case 2:
      return before + (random.of(words) ?? "") + text.slice(at);
    case 3:
      return before + (random.of(words) ?? "") + text.slice(to);
    case 4:
      return before + String.fromCharCode(random.below(random.below(3) === 0 ? 0x3000 : 0x80)) + text.slice(to);
    case 5: {
      const other = random.of(others) ?? "";
      return before + other.slice(placeIn(other, random));
    }
    case 6: {
      const from = placeIn(text, random);
      return before + text.slice(from, from + 60) + text.slice(at);
    }
    default:
      return text.replace(/\d+/, () => String(random.of([0, 1, 2 ** 31, 2 ** 53, 64, 4096, random.below(1 << 20)])));
  }
}

/** The beginning of a word, mostly: there a change means something. */
function placeIn(text: string, random: Random): number {
  const at = random.below(text.length + 1);
  if (random.below(3) === 0) return at;
  const word = /(?<=\s|^)\S/g;
  word.lastIndex = at;
  return word.exec(text)?.index ?? at;
}
