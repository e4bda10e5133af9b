import type { Item, Mask as MaskNode, RequestDeclaration } from "../../../grammar/ast.ts";
import { flagList } from "../../model/explain.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { MaskPart } from "../../model/masks/evaluation/mask-value.ts";
import { COMPOSITES, flagAsks } from "../../model/masks/flags.ts";
import { type Mask, hex } from "../../model/masks/mask.ts";
import { maskText } from "../../model/masks/names.ts";
import type { Binding, Environment } from "../../policy-language/analysis/environment.ts";
import { evaluateMask } from "../../policy-language/requests/masks.ts";
import { NOT_READABLE, transformFollows } from "./follows.ts";
import { GROUP_MEANINGS } from "../descriptions/flags.ts";
import { DECLARATIONS } from "../descriptions/words.ts";
import { answersOf, propertyAt } from "../features-of-file.ts";
import { bulleted, code, docMarkdown, fenced, heading } from "../markdown.ts";
import { maskName } from "../mask-names.ts";
import { linesOver, overKernels } from "../over-kernels.ts";
import { overAnswers } from "../request-summary.ts";
import { treatmentOfFlag } from "../treatment.ts";
import type { Word } from "../words.ts";
import { numberOf } from "./numbers.ts";
import { sourceOf } from "./source.ts";

// Masks: flags, composites, numbers and what is declared of them.

/** A name in a mask: a flag, a composite, a group or a declared mask, in each kernel in force; null for any other. */
export function maskHover(word: Word, item: Item, environment: Environment): string | null {
  const name = maskName(environment, word.text);
  const lines: string[] = [];
  switch (name.kind) {
    case "flag": {
      lines.push(
        linesOver(
          overKernels(environment.kernels, (kernel) => flagAsks(kernel, name.flag), String),
          String,
        ).join(" "),
        bulleted(
          linesOver(
            overKernels(
              environment.kernels,
              (kernel) => (kernel.exists[name.flag] ? kernel.bits[name.flag] : null),
              String,
            ),
            flagValueText,
          ),
        ),
      );
      const use = useOf(word, item, environment);
      if (use !== null) lines.push(flagInRequest(use, name.flag, environment));
      return heading(word.text, "flag", lines);
    }
    case "composite": {
      const bits = overKernels(
        environment.kernels,
        (kernel) => ({ mask: kernel.gfp[name.composite], text: flagList(kernel, kernel.gfp[name.composite]) }),
        (value) => `${value.mask} ${value.text}`,
      );
      lines.push(
        COMPOSITES[name.composite],
        bulleted(linesOver(bits, ({ mask, text }) => `\`${hex(mask)}\` = ${code(text)}`)),
      );
      const use = useOf(word, item, environment);
      if (use !== null) lines.push(maskInRequest(use, environment));
      return heading(word.text, "composite", lines);
    }
    case "group": {
      lines.push(GROUP_MEANINGS[name.group]);
      lines.push(
        bulleted(
          linesOver(
            overKernels(
              environment.kernels,
              (kernel) => valueOfName(word, item, environment, kernel),
              ({ text }) => text,
            ),
            ({ mask, text }) => `\`${hex(mask)}\` = ${code(text)}`,
          ),
        ),
      );
      return heading(word.text, "group", lines);
    }
    case "declared": {
      const binding = environment.lookup("mask", word.text);
      return binding === null ? null : declaredMaskHover(binding, environment);
    }
    case "unknown":
      return parameterHover(word.text, item);
  }
}

/** The parameter of a transform or of an allocator; null where the item has none of that name. */
export function parameterHover(name: string, item: Item): string | null {
  if (item.kind === "transform" && item.parameter?.text === name)
    return heading(name, "parameter", ["Any mask: the transform is checked for all of them."]);
  const index = item.kind === "allocator" ? item.parameters.findIndex(({ text }) => text === name) : -1;
  return index === -1
    ? null
    : heading(name, "parameter", [`Argument ${index + 1} of a call in C, as it is written there.`]);
}

function flagValueText(bits: Mask | null): string {
  if (bits === null) return "does not exist";
  if (bits === 0) return "`0x0`: no bit with these build options";
  return `\`${hex(bits)}\` (bit ${Math.log2(bits)})`;
}

/** The flags property that a word of a mask stands in, and its request. */
interface Use {
  readonly request: RequestDeclaration;
  readonly word: Word;
}

function useOf(word: Word, item: Item, environment: Environment): Use | null {
  if (item.kind !== "request" || environment.kernels.length === 0) return null;
  return propertyAt(item, word.start)?.kind === "flags" ? { request: item, word } : null;
}

/** What a flag means for this request: whether it is set and by what, and what the API makes of it. */
function flagInRequest(use: Use, flag: keyof Kernel["bits"], environment: Environment): string {
  const { resolved, answers } = answersOf(environment, use.request);
  const api = resolved.api;
  const answer = answers[answers.length - 1];
  if (api === null || answer === undefined) return "";
  const lines: string[] = [];
  const part = answer.value?.parts.find((each) => each.span.start === use.word.start && each.named === null);
  const bit = answer.kernel.bits[flag];
  if (part?.negated === true) lines.push("Cleared here.");
  else if (bit !== 0 && (answer.request.mask & bit) === 0)
    lines.push("Not set in the resulting mask: the expression clears it again.");
  lines.push(
    ...linesOver(
      overKernels(
        answers.map((each) => each.kernel),
        (kernel) => treatmentOfFlag(api, kernel, flag),
        String,
      ),
      (text) => text,
    ),
  );
  return `In \`${use.request.name?.text ?? "this request"}\`, \`${api.name}\`:\n\n${bulleted(lines)}`;
}

/** What the expression around comes to. */
function maskInRequest(use: Use, environment: Environment): string {
  const { answers } = answersOf(environment, use.request);
  const lines = linesOver(
    overAnswers(answers, ({ request, verdict }) => `${request.mask} ${verdict.effective}`),
    ({ kernel, request, verdict }) => {
      const effective =
        verdict.effective === request.mask
          ? ""
          : `, reaches the page allocator as \`${hex(verdict.effective)}\` = ${code(maskText(kernel, verdict.effective))}`;
      return `\`${hex(request.mask)}\`${effective}`;
    },
  );
  return lines.length === 0 ? "" : `The whole mask:${lines.length === 1 ? " " : "\n\n"}${bulleted(lines)}`;
}

function valueOfName(
  word: Word,
  item: Item,
  environment: Environment,
  kernel: Kernel,
): { readonly mask: Mask; readonly text: string } {
  const node: MaskNode = { kind: "name", text: word.text, start: word.start, end: word.end };
  const { mask } = evaluateMask(environment, kernel, node);
  return { mask, text: item.kind === "transform" && mask === 0 ? "0" : flagList(kernel, mask) };
}

/** A number in a mask, as the flags of each kernel in force; null for one that is not of 32 bits. */
export function literalHover(word: Word, environment: Environment): string | null {
  const value = numberOf(word.text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) return null;
  const lines = linesOver(
    overKernels(environment.kernels, (kernel) => valueOfLiteral(word, environment, kernel, value), String),
    (text) => text,
  );
  return heading(word.text, "literal", [bulleted(lines)]);
}

function valueOfLiteral(word: Word, environment: Environment, kernel: Kernel, value: number): string {
  const node: MaskNode = {
    kind: "number",
    numeral: { text: word.text, value, start: word.start, end: word.end },
    start: word.start,
    end: word.end,
  };
  const { mask } = evaluateMask(environment, kernel, node);
  const undefinedBits = (mask & ~kernel.allBits) >>> 0;
  const floating = mask >>> 24 !== 0 ? "; bits 24 and up depend on the build options" : "";
  return `${code(maskText(kernel, mask))}${undefinedBits === 0 ? "" : `, with undefined bits \`${hex(undefinedBits)}\``}${floating}`;
}

/** A declared mask, transform or flag: its text, and what it comes to in each kernel in force. */
export function declaredMaskHover(binding: Binding, environment: Environment): string | null {
  const { declaration } = binding;
  const name = declaration.name?.text ?? "";
  if (declaration.kind === "transform") {
    return heading(name, "transform", [
      docMarkdown(declaration.doc),
      fenced(sourceOf(environment, binding)),
      transformFollows(declaration, environment),
    ]);
  }
  if (declaration.kind === "flag") {
    const bits = overKernels(environment.kernels, (kernel) => kernel.designed[name] ?? 0, String);
    return heading(name, "flag", [
      docMarkdown(declaration.doc),
      DECLARATIONS.flag.meaning,
      bulleted(
        linesOver(bits, (bit) =>
          bit === 0 ? "no bit is left for it" : `\`${hex(bit)}\`, for want of one that a kernel gave it`,
        ),
      ),
    ]);
  }
  if (declaration.kind !== "flags") return null;
  const values = overKernels(
    environment.kernels,
    (kernel) => {
      const value = evaluateMask(environment, kernel, declaration.value);
      const said = value.certain ? `\`${hex(value.mask)}\` = ${code(flagList(kernel, value.mask))}` : NOT_READABLE;
      return { said, path: value.parts.map(partText).join("\n") };
    },
    ({ said }) => said,
  );
  const last = values[values.length - 1];
  return heading(name, "mask", [
    docMarkdown(declaration.doc),
    fenced(sourceOf(environment, binding)),
    bulleted(linesOver(values, ({ said }) => said)),
    last === undefined || last.value.path === "" ? "" : last.value.path,
  ]);
}

function partText(part: MaskPart): string {
  return `- \`${part.text}\` ${part.negated ? "clears" : "brings"} \`${hex(part.negated ? part.bits : part.carries)}\``;
}
