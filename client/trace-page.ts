// The page of the trace panel: the script of client/view/trace.ts and its style.
import { l10n, type Uri, type Webview } from "vscode";
import { viewPage } from "./view-page.ts";

export function tracePage(webview: Webview, script: Uri): string {
  return viewPage(webview, script, l10n.t("Trace"), STYLE);
}

const STYLE = `
:root { --ink: var(--vscode-foreground); --quiet: var(--vscode-descriptionForeground); --line: var(--vscode-panel-border, #8888); --bar: var(--vscode-charts-blue); --other: var(--vscode-charts-lines, #888); --ground: var(--vscode-editor-background); }
select { color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background); border: 1px solid var(--vscode-dropdown-border, transparent); padding: 3px 6px; font: inherit; max-width: 14em; }
main { flex: 1; display: flex; gap: 16px; overflow: auto; padding: 0 16px 12px; min-height: 4em; align-items: flex-start; flex-wrap: wrap; }
.path { flex: 1 1 22em; min-width: 18em; max-height: 100%; overflow: auto; margin: 0; padding: 0; list-style: none; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
.path li { padding: 3px 8px; border-left: 2px solid transparent; cursor: pointer; line-height: 1.4; overflow-wrap: anywhere; }
.path li[aria-selected="true"] { background: var(--vscode-list-activeSelectionBackground); color: var(--vscode-list-activeSelectionForeground); border-left-color: var(--vscode-focusBorder); }
.path:focus { outline: 2px solid var(--vscode-focusBorder); outline-offset: -2px; }
.at { font-weight: 600; }
.times { color: var(--vscode-charts-purple); font-weight: 600; }
.path li[aria-selected="true"] .times { color: inherit; }
.side { flex: 0 1 520px; }
svg { max-width: 100%; height: auto; }
svg text { font: 13px var(--vscode-font-family); fill: var(--ink); }
svg .quiet { fill: var(--quiet); font-size: 12px; }
svg .head { font-weight: 600; }
svg .ground { fill: var(--ground); }
svg .bar { fill: var(--bar); }
svg .other { fill: var(--other); }
svg .line { stroke: var(--line); }
svg .reach { stroke: var(--ink); fill: none; }
pre { white-space: pre; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); overflow-x: auto; color: var(--vscode-descriptionForeground); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) { .path li[aria-selected="true"] { border: 1px solid; } }
`;
