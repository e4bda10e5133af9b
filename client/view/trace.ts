// Runs inside the trace panel: the steps of a simulation as a path that is walked by keyboard, beside a picture of
// memory that moves with it. Text is put into the page as text; pictures are the server's own SVG, of which no script
// can run here.
import type { ModesAnswer, SimulationAnswer } from "../../protocol/simulation.ts";
import type { FromTrace, ToTrace } from "./data.ts";
import { code, element, exportButton, movedBy, noteLine } from "./page.ts";
import { l10n, phrase } from "./words.ts";

declare function acquireVsCodeApi(): { readonly postMessage: (message: FromTrace) => void };

const editor = acquireVsCodeApi();

const title = element("h1", "");
const outcome = element("p", "subtitle");
const requestBox = chooser(l10n.t("Request"));
const memoryBox = chooser(l10n.t("State of memory"));
const kernelBox = chooser(l10n.t("Kernel"));
const note = noteLine();
const path = element("ol", "path");
const picture = element("div", "picture");
const spoken = element("p", "spoken");
const modesButton = element("button", "", l10n.t("Run the modes by chance"));
const chart = element("div", "chart");
const save = exportButton(l10n.t("Write the trace to a file, as Markdown or SVG"), () =>
  editor.postMessage({ type: "export" }),
);

let simulation: SimulationAnswer | null = null;
let items: readonly HTMLElement[] = [];
let current = 0;
let shownPicture = -1;
let hasChart = false;

function chooser(label: string): HTMLSelectElement {
  const box = element("select", "");
  box.setAttribute("aria-label", label);
  box.addEventListener("change", () =>
    editor.postMessage({ type: "choose", request: requestBox.value, memory: memoryBox.value, kernel: kernelBox.value }),
  );
  return box;
}

function fill(box: HTMLSelectElement, names: readonly string[], chosen: string): void {
  box.replaceChildren(
    ...names.map((name) => {
      const option = element("option", "", name);
      option.value = name;
      option.selected = name === chosen;
      return option;
    }),
  );
}

function show(made: SimulationAnswer): void {
  const hadFocus = document.activeElement === path;
  const isSame = simulation !== null && simulation.request === made.request && simulation.memory === made.memory;
  simulation = made;
  title.replaceChildren(...phrase(l10n.t("{0} on {1}"), code(made.request), code(made.memory)));
  outcome.textContent = `Linux ${made.kernel} · ${made.outcome}`;
  note.textContent = "";
  fill(requestBox, made.requests, made.request);
  fill(memoryBox, made.memories, made.memory);
  fill(kernelBox, made.kernels, made.kernel);
  items = made.steps.map((step, index) => {
    const times = step.times > 1 ? [element("span", "times", `${step.times} × `)] : [];
    const item = element("li", "", ...times, element("span", "at", step.at), ` ${step.text}`);
    item.id = `step-${index}`;
    item.setAttribute("role", "option");
    item.addEventListener("click", () => select(index));
    return item;
  });
  path.replaceChildren(...items);
  path.setAttribute("aria-label", l10n.t("Steps of {0} on {1}", made.request, made.memory));
  modesButton.hidden = !made.hasModes;
  if (!isSame) {
    chart.replaceChildren();
    hasChart = false;
  }
  shownPicture = -1;
  picture.replaceChildren();
  select(isSame ? Math.min(current, items.length - 1) : 0);
  if (hadFocus) path.focus();
}

/** One step: the mark moves, and the picture where memory has changed. Nothing is asked of anybody. */
function select(index: number): void {
  if (simulation === null) return;
  const step = simulation.steps[index];
  items[current]?.setAttribute("aria-selected", "false");
  current = Math.max(0, index);
  const item = items[current];
  if (item !== undefined) {
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    path.setAttribute("aria-activedescendant", item.id);
  }
  const moment = step === undefined ? undefined : simulation.pictures[step.picture];
  if (step !== undefined && moment !== undefined && step.picture !== shownPicture) {
    picture.replaceChildren(drawn(moment.svg));
    shownPicture = step.picture;
  }
  spoken.textContent =
    step === undefined ? "" : `${l10n.t("Step {0} of {1}.", current + 1, items.length)} ${moment?.words ?? ""}`;
  tell();
}

function tell(): void {
  if (simulation === null) return;
  editor.postMessage({
    type: "shown",
    shown: {
      request: simulation.request,
      memory: simulation.memory,
      steps: items.length,
      step: current,
      words: spoken.textContent ?? "",
      hasChart,
    },
  });
}

function drawn(svg: string): Node {
  return document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
}

function showModes(modes: ModesAnswer | null): void {
  modesButton.disabled = false;
  modesButton.textContent = l10n.t("Run the modes by chance");
  if (modes === null) {
    note.textContent = l10n.t("The modes of this request cannot be run on this state.");
    return;
  }
  chart.replaceChildren(drawn(modes.svg), element("pre", "", modes.text));
  hasChart = true;
  tell();
}

function step(event: KeyboardEvent): void {
  const to = movedBy(event, { y: current, x: 0 }, { y: items.length - 1, x: 0 });
  if (to !== null) select(to.y);
}

path.tabIndex = 0;
path.setAttribute("role", "listbox");
path.addEventListener("keydown", step);
spoken.setAttribute("aria-live", "polite");
modesButton.hidden = true;
modesButton.addEventListener("click", () => {
  modesButton.disabled = true;
  modesButton.textContent = l10n.t("Running…");
  editor.postMessage({ type: "modes" });
});
document.body.append(
  element("header", "", element("div", "", title, outcome), requestBox, memoryBox, kernelBox, save),
  note,
  element("main", "", path, element("div", "side", picture, modesButton, chart)),
  spoken,
);
window.addEventListener("message", ({ data }: MessageEvent<ToTrace>) => {
  switch (data.type) {
    case "show":
      show(data.simulation);
      break;
    case "modes":
      showModes(data.modes);
      break;
    case "note":
      note.textContent = data.text;
      break;
  }
});
editor.postMessage({ type: "ready" });
