// Lenses that the editor forgot to ask for. VS Code asks a moment after a text is shown, and not at all when the text
// loses the focus within that moment: a file beside which a page opens, or from which a person goes straight to the
// terminal, had no lenses until the cursor was in it again.
import { window, type Disposable, type TextDocument } from "vscode";
import { CodeLensRequest, State, type BaseLanguageClient, type Middleware } from "vscode-languageclient";

/** So long the editor has to ask by itself, and after each reminder. */
const PATIENCE_MS = 1000;
/** After which it has its reasons: lenses are switched off, or the file is too large for them. */
const MOST_REMINDERS = 5;

/** Documents whose lenses were asked for, and answered. */
const answered = new WeakSet<TextDocument>();

export const noteLensRequests: NonNullable<Middleware["provideCodeLenses"]> = async (document, token, next) => {
  const lenses = await next(document, token);
  if (!token.isCancellationRequested) answered.add(document);
  return lenses;
};

/** Reminds the editor of each text that it shows and has not asked for. */
export function remindOfLenses(client: BaseLanguageClient): Disposable {
  const reminders = new WeakMap<TextDocument, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const forgotten = () =>
    window.visibleTextEditors.flatMap(({ document }) => {
      const isDone = answered.has(document) || (reminders.get(document) ?? 0) >= MOST_REMINDERS;
      const provider = isDone ? undefined : client.getFeature(CodeLensRequest.method).getProvider(document);
      return provider === undefined ? [] : [{ document, provider }];
    });

  function remind(): void {
    for (const { document, provider } of forgotten()) {
      reminders.set(document, (reminders.get(document) ?? 0) + 1);
      provider.onDidChangeCodeLensEmitter.fire();
    }
    remindSoon();
  }

  function remindSoon(): void {
    clearTimeout(timer);
    if (client.state === State.Running && forgotten().length > 0) timer = setTimeout(remind, PATIENCE_MS);
  }

  const parts: Disposable[] = [window.onDidChangeVisibleTextEditors(remindSoon), client.onDidChangeState(remindSoon)];
  return {
    dispose() {
      clearTimeout(timer);
      for (const part of parts) part.dispose();
    },
  };
}
