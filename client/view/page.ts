// What the pages of all panels are made of.
import { l10n } from "./words.ts";

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

export const code = (text: string): HTMLElement => element("code", "", text);

/** The line that says what is the matter with what is shown; mostly empty. */
export function noteLine(): HTMLElement {
  const note = element("p", "note");
  note.setAttribute("role", "status");
  return note;
}

export function exportButton(title: string, onClick: () => void): HTMLElement {
  const button = element("button", "", l10n.t("Export…"));
  button.title = title;
  button.addEventListener("click", onClick);
  return button;
}

/** A row and a column, from 0. */
interface Place {
  readonly y: number;
  readonly x: number;
}

/** So many rows are a page. */
const PAGE = 10;

/**
 * Where a key leads from a place of a table whose last place is `last`; null: nowhere, and the key is the page's. In a
 * list, which is one column, left and right are back and on. A key that leads somewhere does nothing else.
 */
export function movedBy(event: KeyboardEvent, { y, x }: Place, last: Place): Place | null {
  const isWhole = event.ctrlKey || event.metaKey || last.x === 0;
  const across = (by: number): Place => (last.x === 0 ? { y: y + by, x } : { y, x: x + by });
  const keys: Readonly<Record<string, Place>> = {
    ArrowUp: { y: y - 1, x },
    ArrowDown: { y: y + 1, x },
    ArrowLeft: across(-1),
    ArrowRight: across(1),
    PageUp: { y: y - PAGE, x },
    PageDown: { y: y + PAGE, x },
    Home: { y: isWhole ? 0 : y, x: 0 },
    End: { y: isWhole ? last.y : y, x: last.x },
  };
  const to = keys[event.key];
  if (to === undefined) return null;
  event.preventDefault();
  return { y: Math.min(Math.max(to.y, 0), last.y), x: Math.min(Math.max(to.x, 0), last.x) };
}
