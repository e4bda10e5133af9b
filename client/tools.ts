// Tools for language models: what a mask means, and what is wrong with a policy, by the model and not by heart.
import { l10n, LanguageModelTextPart, LanguageModelToolResult, lm, type Disposable } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { ask } from "./ask.ts";

interface MaskInput {
  readonly mask: string;
  readonly kernel?: string;
}

interface PolicyInput {
  readonly text: string;
}

const answered = (text: string): LanguageModelToolResult =>
  new LanguageModelToolResult([new LanguageModelTextPart(text)]);

export function registerTools(client: BaseLanguageClient): Disposable[] {
  return [
    lm.registerTool<MaskInput>("allocpolicy_explain_mask", {
      prepareInvocation: ({ input }) => ({ invocationMessage: l10n.t("Decoding {0}", input.mask) }),
      async invoke({ input: { mask, kernel } }, token) {
        const params = kernel === undefined ? { mask } : { mask, kernel };
        const answer = await ask(client, "allocpolicy/decode", params, token);
        if (answer !== null) return answered(answer.text);
        const names = await ask(client, "allocpolicy/kernels", {}, token);
        return answered(
          kernel === undefined || names.includes(kernel)
            ? `'${mask}' is not a mask.`
            : `Linux ${kernel}: the model does not know this kernel. It knows ${names.join(", ")}.`,
        );
      },
    }),
    lm.registerTool<PolicyInput>("allocpolicy_check_policy", {
      prepareInvocation: () => ({ invocationMessage: l10n.t("Checking an allocation policy") }),
      async invoke({ input: { text } }, token) {
        const { findings } = await ask(client, "allocpolicy/checkText", { text }, token);
        return answered(findings.length === 0 ? "No findings." : findings.join("\n"));
      },
    }),
  ];
}
