// The page of the matrix panel: the script of client/view/matrix.ts and its style.
import { l10n, type Uri, type Webview } from "vscode";
import { viewPage } from "./view-page.ts";

export function matrixPage(webview: Webview, script: Uri): string {
  return viewPage(webview, script, l10n.t("Matrix"), STYLE);
}

const STYLE = `
button.fold { padding: 1px 8px; }
main { flex: 1 1 auto; overflow: auto; min-height: 45vh; }
table { border-collapse: separate; border-spacing: 0; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
th, td { text-align: left; font-weight: normal; padding: 0 10px; height: 1.55em; white-space: nowrap; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 9%, transparent); }
thead th, .corner { position: sticky; top: 0; z-index: 2; background: var(--vscode-editor-background); vertical-align: bottom; border-bottom: 1px solid color-mix(in srgb, var(--vscode-foreground) 35%, transparent); padding-top: 4px; padding-bottom: 4px; }
.mode { min-width: 7em; }
.mode .name { display: block; font-weight: 600; }
.mode .when { display: block; max-width: 16em; white-space: normal; color: var(--vscode-descriptionForeground); font-size: 0.9em; }
.unreachable .name { text-decoration: line-through; }
th.group > span { position: sticky; left: 16px; }
th.group { font-family: var(--vscode-font-family); font-weight: 600; padding: 8px 16px 2px; color: var(--vscode-descriptionForeground); }
tbody th:not(.group) { padding-left: 16px; padding-right: 20px; }
tbody th:not(.group), .corner { position: sticky; left: 0; z-index: 1; background: var(--vscode-editor-background); }
.corner { z-index: 3; }
td[tabindex], th[tabindex] { cursor: pointer; outline-offset: -2px; }
td[tabindex]:hover, th[tabindex]:hover { background: var(--vscode-list-hoverBackground); }
td:focus, th:focus, button:focus { outline: 2px solid var(--vscode-focusBorder); }
.symbol { display: inline-block; width: 1.2em; text-align: center; }
.allowed, .conditional { color: var(--vscode-charts-green); }
.required { color: var(--vscode-charts-blue); font-weight: 600; }
.selects { color: var(--vscode-charts-purple); font-weight: 600; }
.ignored { color: var(--vscode-charts-yellow); }
.forbidden, tr.quiet th { color: color-mix(in srgb, var(--vscode-foreground) 68%, var(--vscode-editor-background)); }
td.required, td.selects { background: color-mix(in srgb, currentColor 14%, transparent); }
.differs { color: var(--vscode-editorWarning-foreground); font-weight: normal; }
td .differs { margin-left: 0.6em; }
.legend summary { cursor: pointer; }
.legend { padding: min(6px, 1vh) 16px; font-size: 0.9em; line-height: 1.7; }
.legend > span { margin-right: 1.2em; white-space: nowrap; }
footer { padding: min(8px, 1vh) 16px min(10px, 1vh); min-height: 1.6em; max-height: 24vh; overflow: auto; border-top: 1px solid var(--vscode-panel-border); line-height: 1.5; }
@media (max-height: 480px) { h1 { font-size: 1em; } .subtitle, header button { display: none; } header { padding: 2px 16px; } main { min-height: 60vh; } footer { max-height: 3em; } thead th { padding-top: 1px; padding-bottom: 1px; } }
/* Beside a text there is room for symbols, which the legend explains; whoever hears the page is told the words. */
@media (max-width: 560px) { .broad td .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } td { position: relative; } .mode { min-width: 5em; } .mode .when { max-width: 10em; overflow-wrap: anywhere; } }
@media (max-width: 480px) { th, td { padding: 0 6px; } tbody th:not(.group), .corner { max-width: 42vw; overflow: hidden; text-overflow: ellipsis; } }
@media (forced-colors: active) { td.required, td.selects { border: 1px solid; } }
`;
