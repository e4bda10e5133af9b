import { readCFile } from "../../c-source/functions/c-file.ts";
import type { Call } from "../../c-source/functions/call.ts";
import { sizesOf } from "../../c-source/judge/site.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { rulePage } from "../../policy-language/catalogue.ts";
import { bareMask } from "../../rules/bare-request.ts";
import { UsageError } from "../command.ts";
import { noMaskText } from "../meant.ts";

/** What a call in C says, in the words of the options of `explain`; left out where the call does not say it. */
export interface WrittenCall {
  readonly api?: string;
  readonly flags?: string;
  readonly order?: string;
  readonly size?: string;
  readonly pages?: string;
  readonly count?: string;
}

/**
 * Reads `kmalloc(4096, GFP_KERNEL | __GFP_NOWARN)` as C does. A size that is no constant is left out. Throws
 * `UsageError` for a text without a call. `api`: what an option says of the function already.
 */
export function writtenCall(text: string, kernel: Kernel, api?: string): WrittenCall {
  const file = readCFile(`void asked(void)\n{\n\t${text.replace(/;\s*$/, "")};\n}\n`);
  const calls = file.functions.flatMap(({ read }) => read.calls);
  const call = calls.find(({ allocation }) => allocation?.api != null) ?? calls[0];
  if (call === undefined) throw new UsageError(noCallText(text.trim(), kernel, api));
  return { api: call.allocation?.api ?? call.name, ...maskOf(call), ...numbersOf(call, file, kernel) };
}

/** What is said of words that are no call: what they are, and what shows it. */
function noCallText(text: string, kernel: Kernel, api: string | undefined): string {
  if (rulePage(text) !== null) return `'${text}' is a finding: 'allocpolicy rules ${text}' shows its page`;
  if (apiNamed(text) !== null) return `'${text}' is a function: write its call as in C, with its arguments`;
  const given = bareMask(kernel, text);
  if (!("wrong" in given) && api !== undefined) return `'${text}' is a mask: beside --api write --flags '${text}'`;
  if (!("wrong" in given)) return `'${text}' is a mask: write a call that takes it, as 'kmalloc(4096, ${text})'`;
  if (/^(?:__)?GFP_\w+$/.test(text)) return noMaskText(kernel, given);
  return `'${text}' is no call: write one as in C, 'kmalloc(4096, GFP_KERNEL)', or say --api and --flags`;
}

function maskOf({ allocation, arguments: given }: Call): Pick<WrittenCall, "flags"> {
  const text = given[allocation?.mask?.index ?? -1]?.text;
  return text === undefined ? {} : { flags: text };
}

function numbersOf(call: Call, file: ReturnType<typeof readCFile>, kernel: Kernel): WrittenCall {
  const { order, sizeBytes, pages, count } = sizesOf(call, file, kernel);
  return {
    ...(order === null ? {} : { order: String(order) }),
    ...(sizeBytes === null ? {} : { size: String(sizeBytes) }),
    ...(pages === null ? {} : { pages: String(pages) }),
    ...(count === null ? {} : { count: String(count) }),
  };
}
