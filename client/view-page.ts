// The page of a panel: one script of client/view/ and one style, and nothing from elsewhere.
import { env, l10n, type Uri, type Webview } from "vscode";

function nonceOf(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };
const escaped = (text: string): string => text.replace(/[&"<>]/g, (character) => ESCAPES[character] ?? character);

/** A page that runs one script, with the words of the user's language for it (client/view/words.ts). */
export function viewPage(webview: Webview, script: Uri, title: string, style: string): string {
  const nonce = nonceOf();
  return `<!DOCTYPE html>
<html lang="${escaped(env.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style nonce="${nonce}">${BASE}${style}</style>
</head>
<body data-words="${escaped(JSON.stringify(l10n.bundle ?? {}))}"><script nonce="${nonce}" src="${webview.asWebviewUri(script).toString(true)}"></script></body>
</html>`;
}

/** What all panels look like. */
const BASE = `
body { padding: 0; margin: 0; height: 100vh; overflow: auto; display: flex; flex-direction: column; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); background: var(--vscode-editor-background); }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 1em; padding: min(12px, 2vh) 16px min(8px, 1vh); }
header div { flex: 1 1 20em; }
h1 { font-size: 1.25em; font-weight: 600; margin: 0; }
h1 code { font-family: var(--vscode-editor-font-family); font-size: 1em; color: inherit; background: none; padding: 0; }
p { margin: 0; }
.subtitle, .legend { color: var(--vscode-descriptionForeground); }
.subtitle { margin-top: 2px; }
.note { padding: 0 16px 6px; color: var(--vscode-editorWarning-foreground); }
.note:empty { display: none; }
button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; padding: 4px 10px; font: inherit; cursor: pointer; }
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
`;
