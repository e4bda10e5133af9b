import { allApis } from "../../model/apis.ts";
import { CONTEXT_NAMES } from "../../model/contexts.ts";
import { KERNEL_CONTEXTS } from "../../model/kernel-contexts.ts";
import { knownKernels } from "../../model/kernels/kernels.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../../model/masks/mask.ts";
import { compositeText, flagText } from "../../model/masks/names.ts";
import { catalogue } from "../../policy-language/catalogue.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { completionScript, SHELLS, type WordLists } from "../completion.ts";
import { meantText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";

const OPTIONS = {} as const satisfies Options;

export const completion: Command = {
  name: "completion",
  summary: "print what a shell reads to complete commands, options, functions, kernels, flags and rules",
  operands: SHELLS.join("|"),
  operandWords: SHELLS,
  options: OPTIONS,
  examples: [
    { line: "source <(allocpolicy completion bash)", does: "in ~/.bashrc" },
    { line: "allocpolicy completion zsh > ~/.zfunc/_allocpolicy", does: "in a folder of $fpath" },
    { line: "allocpolicy completion fish > ~/.config/fish/completions/allocpolicy.fish", does: "for fish" },
  ],
  run: async (args, io) => {
    const { positionals } = parsed(OPTIONS, args);
    const [name = "", ...more] = positionals;
    const shell = SHELLS.find((one) => one === name);
    if (shell === undefined || more.length > 0)
      throw new UsageError(`name a shell: ${SHELLS.join(", ")}${name === "" ? "" : meantText(name, SHELLS)}`);
    await io.write(completionScript(shell, await io.commands(), listed));
    return OK;
  },
};

const listed: WordLists = (words) => {
  switch (words) {
    case "kernels":
      return knownKernels();
    case "apis":
      return allApis().map(({ name }) => name);
    case "contexts":
      return [...new Set([...CONTEXT_NAMES, ...KERNEL_CONTEXTS.keys()])];
    case "flags":
      return [...COMPOSITE_NAMES.map(compositeText), ...FLAG_NAMES.map(flagText)];
    case "rules":
      return catalogue().map(({ id }) => id);
  }
};
