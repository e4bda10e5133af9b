import { kept, keptFor } from "../../model/kept.ts";
import type { NamedValues } from "../functions/declarations.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { namesIn } from "./site.ts";

/** Whether what a function asks for hangs on a macro that another text of its file has otherwise. */
export function leansOnChanged(read: FunctionRead, before: NamedValues, now: NamedValues): boolean {
  if (before === now) return false;
  const changed = changedBetween(before, now);
  return changed.size > 0 && wordsOf(read).some((word) => changed.has(word));
}

interface Changed {
  readonly before: NamedValues;
  readonly names: ReadonlySet<string>;
}

const known = new WeakMap<NamedValues, Changed>();

/** The macros that are others, with those that are made of them. */
function changedBetween(before: NamedValues, now: NamedValues): ReadonlySet<string> {
  const found = known.get(now);
  if (found?.before === before) return found.names;
  const [old, fresh] = [textsOf(before), textsOf(now)];
  const names = new Set<string>();
  for (const name of [...old.keys(), ...fresh.keys()]) if (old.get(name) !== fresh.get(name)) names.add(name);
  for (let size = -1; size < names.size; ) {
    size = names.size;
    for (const texts of [old, fresh])
      for (const [name, text] of texts) if (wordsIn(text).some((word) => names.has(word))) names.add(name);
  }
  // Those of before would keep those before them, and these all that were ever typed.
  known.delete(before);
  known.set(now, { before, names });
  return names;
}

function textsOf({ maskMacros, numberMacros }: NamedValues): ReadonlyMap<string, string> {
  const texts = new Map(Object.entries(numberMacros));
  for (const macro of maskMacros) texts.set(macro.name, `${texts.get(macro.name) ?? ""} ${JSON.stringify(macro)}`);
  return texts;
}

const wordsIn = (text: string): readonly string[] => text.match(/[A-Za-z_]\w*/g) ?? [];

/** The words in what it gives its calls, and in the masks that it writes. */
const wordsOf = keptFor(
  ({ calls, writes }: FunctionRead): readonly string[] => [
    ...new Set([
      ...calls.flatMap((call) =>
        [...call.arguments.map(({ text }) => text), ...(call.allocation?.through?.arguments ?? [])].flatMap(wordsIn),
      ),
      ...writes.flatMap(({ cases }) => cases.flatMap(({ expression }) => namesIn(expression))),
    ]),
  ],
  kept(),
);
