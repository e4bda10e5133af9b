import { placeIn } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";

// `dump_stack+0x9c/0xf5`, with the module behind it
const FUNCTION = /(?<symbol>[A-Za-z_.][\w.$]*)\+0x[0-9a-f]+\/0x[0-9a-f]+(?:\s+\[(?<module>[\w-]+)[^\]]*\])?/dg;
// `[<c010d415>] (warn_alloc) from [<c01097a5>] (show_stack+0x11/0x14)`, `warn_alloc from show_stack+0xb/0xc`
const CALLEE = /^\s*(?:\[<[0-9a-f]+>\] )?\(?(?<symbol>[A-Za-z_][\w.]*)\)? from /d;
const LINE =
  /^\s*(?:\(?\[<?[0-9a-fx]{1,20}>?\]\)?\s{1,8}){0,3}(?:\? )?\(?[A-Za-z_.][\w.$]*\+0x[0-9a-f]+\/0x[0-9a-f]+|^\s*(?:\[<[0-9a-f]+>\] )?\(?[A-Za-z_][\w.]*\)? from \S/;
const STACK = /^\s*<(\/?)(IRQ|NMI|SOFTIRQ|HARDIRQ|TASK|EOI|EOE|#DF|#DB|ENTRY|EXC)>/;
/** A deeper trace says no more about an allocation. */
const MOST_ENTRIES = 128;

/** A line of the call trace, as the architectures print it. */
export const trace: LineKind = {
  name: "trace",
  begins: (message, draft) => (draft.totals.length === 0 && LINE.test(message)) || STACK.test(message),
  read(line, draft) {
    const stack = STACK.exec(line.text);
    if (stack !== null) {
      const [, closing, name = ""] = stack;
      draft.stack = closing === "/" || name === "EOI" || name === "EOE" ? null : name;
    }
    if (draft.trace.length >= MOST_ENTRIES) return;
    const isGuess = /(?:^|[\])])\s{0,8}\? /.test(line.text);
    const callee = draft.trace.length === 0 ? CALLEE.exec(line.text) : null;
    for (const match of [...(callee === null ? [] : [callee]), ...line.text.matchAll(FUNCTION)]) {
      const symbol = match.groups?.symbol ?? "";
      const [at] = match.indices?.groups?.symbol ?? [0];
      draft.trace.push({
        symbol: { text: symbol, place: placeIn(line, at, symbol.length) },
        module: match.groups?.module ?? null,
        isGuess,
        stack: draft.stack,
      });
    }
  },
};
