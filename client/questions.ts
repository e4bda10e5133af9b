// Questions one after the other, all in one box. Between two boxes the focus goes back to where it was, and a page that
// takes it, as the first steps do, would close the second one.
import { window, type QuickPickItem } from "vscode";

export interface Question<Item extends QuickPickItem> {
  readonly title: string;
  readonly placeholder?: string;
  readonly matchOnDescription?: boolean;
  readonly items: readonly Item[];
}

/** What was picked at each question, which may hang on what was picked before; undefined when the user gives up. */
export function pickInTurn<Item extends QuickPickItem>(
  questions: readonly ((picked: readonly Item[]) => Question<Item>)[],
): Promise<readonly Item[] | undefined> {
  const box = window.createQuickPick<Item>();
  const picked: Item[] = [];
  const ask = (): boolean => {
    const question = questions[picked.length]?.(picked);
    if (question === undefined) return false;
    box.title = question.title;
    box.placeholder = question.placeholder;
    box.matchOnDescription = question.matchOnDescription === true;
    box.value = "";
    box.items = question.items;
    return true;
  };
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      const [item] = box.activeItems;
      if (item === undefined) return;
      picked.push(item);
      if (ask()) return;
      resolve(picked);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    if (ask()) box.show();
    else {
      box.dispose();
      resolve(picked);
    }
  });
}
