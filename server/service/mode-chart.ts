import { sizeText } from "../policy-language/analysis/sizes.ts";
import type { ModeComparison, ModeRow } from "../policy-language/simulation/mode-runs.ts";
import { intervalText, percentText } from "../policy-language/simulation/wording.ts";
import { escaped, svgOf, type SvgStyle } from "./svg.ts";

const WIDTH = 720;
const LABEL = 150;
const BAR = 330;
const ROW = 24;
const HEAD = 44;
const FOOT = 30;

/**
 * The modes of a request, on each state of memory, as bars with their 95 % intervals: an SVG that stands alone, for
 * light and dark, with what it shows in words for those who hear it. `comparisons` are of one request.
 */
export function modeChart(comparisons: readonly ModeComparison[], pageBytes: number, style: SvgStyle): string {
  const [first] = comparisons;
  if (first === undefined) return "";
  const panels: string[] = [];
  let top = HEAD;
  for (const comparison of comparisons) {
    panels.push(panel(comparison, top, pageBytes));
    top += ROW * (comparison.rows.length + 1) + 14;
  }
  const height = top + FOOT;
  const title = `${first.request}, ${sizeText(first.pages * first.ranges * pageBytes)}: how often it can be had`;
  return svgOf({ width: WIDTH, height, style }, title, comparisons.map(inWords).join(" "), [
    `<text class="head" x="12" y="24">${escaped(title)}</text>`,
    ...panels,
    `<text class="quiet" x="12" y="${height - 12}">${escaped(footOf(first))}</text>`,
  ]);
}

function panel(comparison: ModeComparison, top: number, pageBytes: number): string {
  const scale = [0, 25, 50, 75, 100].map((percent) => {
    const x = LABEL + (BAR * percent) / 100;
    const bottom = top + ROW * (comparison.rows.length + 1);
    return `<line class="line" x1="${x}" x2="${x}" y1="${top + ROW - 4}" y2="${bottom}"/>`;
  });
  return [
    `<g><text class="head" x="12" y="${top + 15}">${escaped(`on ${comparison.memory}`)}</text>`,
    ...scale,
    ...comparison.rows.map((row, index) => bar(row, top + ROW * (index + 1), pageBytes)),
    "</g>",
  ].join("\n");
}

function bar({ mode, selected, result }: ModeRow, y: number, pageBytes: number): string {
  const label = `<text x="12" y="${y + 15}">${escaped(shortened(mode))}</text>`;
  if (result === null)
    return `${label}<text class="quiet" x="${LABEL}" y="${y + 15}">-EINVAL: the kernel refuses the mask</text>`;
  const { successes, meanTime, meanMoved } = result;
  const share = successes.count / Math.max(1, successes.of);
  const at = (part: number): string => (LABEL + BAR * part).toFixed(1);
  const moved = `${((meanMoved * pageBytes) / 2 ** 20).toFixed(0)} MiB`;
  return [
    label,
    `<rect class="${selected || mode.startsWith("kernel") ? "bar" : "other"}" x="${LABEL}" y="${y + 3}" width="${(BAR * share).toFixed(1)}" height="${ROW - 8}"/>`,
    `<path class="reach" d="M${at(successes.low)} ${y + 11}H${at(successes.high)}M${at(successes.low)} ${y + 7}v8M${at(successes.high)} ${y + 7}v8"/>`,
    `<text x="${LABEL + BAR + 12}" y="${y + 15}">${percentText(share)}</text>`,
    `<text class="quiet" x="${LABEL + BAR + 78}" y="${y + 15}">${meanTime.toFixed(0)} tries, ${moved} moved</text>`,
  ].join("");
}

function shortened(mode: string): string {
  return mode.length <= 20 ? mode : `${mode.slice(0, 19)}…`;
}

/** The same, for those who do not see it. */
function inWords({ memory, rows }: ModeComparison): string {
  const told = rows.map(({ mode, result }) =>
    result === null
      ? `${mode} is refused`
      : `${mode} succeeds in ${percentText(result.successes.count / Math.max(1, result.successes.of))} (${intervalText(result.successes)})`,
  );
  return `On ${memory}: ${told.join(", ")}.`;
}

function footOf({ kernel, runs, seed, tryMicroseconds }: ModeComparison): string {
  return `Linux ${kernel}, ${runs} runs, seed ${seed}; whiskers: 95 %. A try is up to 32 pages, or a drain: ${tryMicroseconds} us. Of the model's world.`;
}
