import fc from "fast-check";
import { expect, test } from "vitest";
import { abilitiesOf } from "../../server/lsp/abilities.ts";
import { CompletionTexts } from "../../server/lsp/completion-texts.ts";
import type { CompletionItem } from "../../server/service/document-kind.ts";

const place = fc.record({ line: fc.nat(), character: fc.nat() });
const words = fc.oneof(fc.string(), fc.constantFrom('"', "\\", "\u2028", "GFP_KERNEL"));
const maybe = fc.option(words, { nil: null });
const item: fc.Arbitrary<CompletionItem> = fc.record({
  label: words,
  kind: fc.constantFrom("keyword", "constant", "snippet"),
  insert: words,
  snippet: maybe,
  detail: maybe,
  useless: maybe,
  topic: maybe,
  example: fc.boolean(),
  held: fc.boolean(),
});
const asked = fc.record({ start: place, end: place, key: words, incomplete: fc.boolean(), picks: fc.array(fc.nat()) });
const clients = fc.record({
  snippetSupport: fc.boolean(),
  labelDetailsSupport: fc.boolean(),
  tagSupport: fc.record({ valueSet: fc.array(fc.constant(1 as const), { maxLength: 1 }) }),
});

test("an item that is offered again, elsewhere or in another order, is told as if for the first time", () => {
  fc.assert(
    fc.property(clients, fc.array(item, { minLength: 1 }), fc.array(asked), (completionItem, all, questions) => {
      const abilities = abilitiesOf({ textDocument: { completion: { completionItem } } });
      const texts = new CompletionTexts(abilities);
      for (const { start, end, key, incomplete, picks } of questions) {
        const items = picks.flatMap((pick) => all[pick % all.length] ?? []);
        const list = { start: 0, end: 0, incomplete, items };
        const answer: unknown = texts.written(list, { start, end }, key).toJSON();
        expect(answer).toEqual(new CompletionTexts(abilities).written(list, { start, end }, key).toJSON());
        expect(answer).toMatchObject({
          isIncomplete: incomplete,
          items: items.map(({ label, insert, snippet, topic }) => ({
            label,
            textEdit: {
              range: { start, end },
              newText: completionItem.snippetSupport ? (snippet ?? insert) : insert,
            },
            ...(topic === null ? {} : { data: { key, topic } }),
          })),
        });
      }
    }),
  );
});
