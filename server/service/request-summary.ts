import type { Environment } from "../policy-language/analysis/environment.ts";
import type { KernelRequest } from "../policy-language/requests/under-kernels.ts";
import { selectedModesOf } from "../policy-language/policies/request-check.ts";
import { sizeText } from "../policy-language/analysis/sizes.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { maskText } from "../model/masks/names.ts";
import type { Certainty, Reason, Verdict } from "../model/request.ts";
import { explain } from "../model/explain.ts";
import { sentenceOf } from "../model/sentence.ts";
import type { RequestAnswers } from "./features-of-file.ts";
import { bulleted, code, docMarkdown, heading, withCode } from "./markdown.ts";
import { hex } from "../model/masks/mask.ts";
import { kernelsText, linesOver, overKernels, type Stretch } from "./over-kernels.ts";

/** A verdict's fields that a reader asks about, in the order in which they are told. */
const ASPECTS = ["sleeps", "reclaim", "compaction", "kswapd", "oom", "reserves", "fails", "loops", "warns"] as const;
type Aspect = (typeof ASPECTS)[number];

const QUESTIONS: Readonly<Record<Aspect, string>> = {
  sleeps: "sleeps",
  reclaim: "reclaim",
  compaction: "compaction",
  kswapd: "wakes kswapd",
  oom: "OOM killer",
  reserves: "reserves",
  fails: "fails",
  loops: "may never return",
  warns: "warns",
};

/**
 * What the kernel does with a request, as Markdown: the mask, the zone, and each answer with its reason and the kernel
 * function.
 */
export function requestSummary({ resolved, answers, open }: RequestAnswers, environment: Environment): string {
  const lines: string[] = [heading(resolved.name ?? "request", "request", [docMarkdown(resolved.declaration.doc)])];
  const newest = answers[answers.length - 1];
  if (resolved.api === null || newest === undefined) {
    lines.push(
      resolved.api === null
        ? "The model answers once the request has an `api` that it knows."
        : `\`${resolved.api.name}\` does not exist in ${environment.kernelsText}.`,
    );
    return lines.join("\n\n");
  }
  if (open !== null) {
    lines.push(`What the kernel does is not decided: ${open}.`);
    return lines.join("\n\n");
  }
  lines.push(answersSummary(resolved.api.name, answers));
  const modes = selectedModesOf(environment, resolved, newest).map(
    ({ policy, mode, promises }) =>
      `Policy \`${policy}\`: mode \`${mode}\`${promises === "" ? "" : ` promises ${promises}`}.`,
  );
  if (modes.length > 0) lines.push(bulleted(modes));
  lines.push(`_Linux ${kernelsText(answers.map(({ kernel }) => kernel))}_`);
  return lines.join("\n\n");
}

/**
 * What the kernels do with one call: its mask, the zone, each answer with its reason. Empty without an answer.
 * @param notes what has to be known beside the answer: stands right below it
 */
export function answersSummary(api: string, answers: readonly KernelRequest[], notes: readonly string[] = []): string {
  const newest = answers[answers.length - 1];
  if (newest === undefined) return "";
  const lines: string[] = [];
  lines.push(
    linesOver(overAnswers(answers, sentence), (answer) => `**${capital(sentence(answer))}.**`).join("  \n"),
    ...notes,
    callText(api, newest),
  );
  lines.push(
    bulleted(
      linesOver(
        overAnswers(answers, (answer) => `${answer.request.mask} ${answer.verdict.effective}`),
        maskLine,
      ),
    ),
  );
  lines.push(
    bulleted(
      linesOver(
        overAnswers(answers, ({ verdict }) => placeText(verdict)),
        ({ verdict }) => placeText(verdict),
      ),
    ),
  );
  const told = ASPECTS.flatMap((aspect) => aspectLines(aspect, answers));
  if (told.length > 0) lines.push(told.join("\n"));
  const general = generalLines(newest);
  if (general.length > 0) lines.push(general.join("\n"));
  return lines.join("\n\n");
}

/** The answer in one plain sentence, for an inlay hint; null where the model has no answer. */
export function answerInShort(answers: readonly KernelRequest[]): string | null {
  const newest = answers[answers.length - 1];
  if (newest === undefined || newest.verdict.unknown !== null) return null;
  const differs = overAnswers(answers, sentence).length > 1;
  return sentence(newest) + (differs ? ` (${newest.kernel.name})` : "");
}

const sentences = new WeakMap<KernelRequest, string>();

function sentence(answer: KernelRequest): string {
  const known = sentences.get(answer);
  if (known !== undefined) return known;
  const made = sentenceOf(answer.kernel, answer.request, answer.verdict);
  sentences.set(answer, made);
  return made;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Joins neighbouring kernels whose answers are alike (by `keyOf`); the newest of them speaks for all. */
export function overAnswers(
  answers: readonly KernelRequest[],
  keyOf: (answer: KernelRequest) => string,
): readonly Stretch<KernelRequest>[] {
  const byKernel = new Map(answers.map((answer) => [answer.kernel, answer]));
  return overKernels(
    answers.map(({ kernel }) => kernel),
    (kernel: Kernel) => byKernel.get(kernel),
    (answer) => (answer === undefined ? "" : keyOf(answer)),
  ).flatMap(({ kernels }) => {
    const last = kernels[kernels.length - 1];
    const value = last === undefined ? undefined : byKernel.get(last);
    return value === undefined ? [] : [{ value, kernels }];
  });
}

function callText(api: string, { request, kernel }: KernelRequest): string {
  const parts = [`\`${api}\``];
  if (request.order !== null)
    parts.push(`order ${request.order} = ${sizeText(2 ** Math.min(request.order, 40) * kernel.options.pageBytes)}`);
  if (request.sizeBytes !== null) parts.push(sizeText(request.sizeBytes));
  if (request.pages !== null)
    parts.push(`${request.pages} pages = ${sizeText(request.pages * kernel.options.pageBytes)}`);
  if (request.count !== null) parts.push(`count ${request.count}`);
  if (request.node !== null) parts.push(`node ${request.node}`);
  return parts.join(", ");
}

function maskLine({ kernel, request, value, verdict }: KernelRequest): string {
  if (value === null && request.mask === 0)
    return verdict.effective === 0
      ? "no mask"
      : `the call uses \`${hex(verdict.effective)}\` = \`${maskText(kernel, verdict.effective)}\``;
  const written = `\`${hex(request.mask)}\` = \`${maskText(kernel, request.mask)}\``;
  return verdict.effective === request.mask
    ? `mask ${written}`
    : `mask ${written}, reaches the page allocator as \`${hex(verdict.effective)}\` = \`${maskText(kernel, verdict.effective)}\``;
}

const MOBILITY = ["unmovable", "movable", "reclaimable", "an invalid migratetype"] as const;

function placeText(verdict: Verdict): string {
  const zone = verdict.zoneValid
    ? `zone ${verdict.zone}`
    : `zone ${verdict.zone}, by an invalid combination of zone flags`;
  return `${zone}, ${MOBILITY[verdict.migratetype] ?? "unmovable"}${verdict.zonelist === 1 ? ", this node only" : ""}`;
}

function aspectLines(aspect: Aspect, answers: readonly KernelRequest[]): readonly string[] {
  const told = overAnswers(answers, ({ verdict }) => verdict[aspect]);
  const worthTelling = told.some(({ value }) => ALWAYS_TOLD.has(aspect) || !isSilent(value.verdict[aspect]));
  if (!worthTelling) return [];
  return told.flatMap(({ value, kernels }) => {
    const versions = told.length > 1 ? ` (${kernelsText(kernels)})` : "";
    const reasons = reasonsOf(value).filter((reason) => reason.about === aspect);
    return [
      `- ${QUESTIONS[aspect]}${versions}: **${value.verdict[aspect]}**`,
      ...reasons.map((reason) => `  - ${reasonText(reason)}`),
    ];
  });
}

/**
 * What is not about one aspect: what the API and the scopes do to the mask, which tries are made, why it is refused.
 */
function generalLines(answer: KernelRequest): readonly string[] {
  return reasonsOf(answer)
    .filter(({ about }) => about === "mask" || about === "size" || about === "refused")
    .map((reason) => `- ${reasonText(reason)}`);
}

const reasonsByAnswer = new WeakMap<KernelRequest, readonly Reason[]>();

function reasonsOf(answer: KernelRequest): readonly Reason[] {
  const known = reasonsByAnswer.get(answer);
  if (known !== undefined) return known;
  const reasons = explain(answer.kernel, answer.request);
  reasonsByAnswer.set(answer, reasons);
  return reasons;
}

function reasonText({ text, evidence }: Reason): string {
  return `${withCode(text)} (${code(evidence)})`;
}

const ALWAYS_TOLD: ReadonlySet<Aspect> = new Set<Aspect>(["sleeps", "reclaim", "oom", "reserves", "fails"]);

function isSilent(value: Certainty | string): boolean {
  return value === "never" || value === "none";
}
