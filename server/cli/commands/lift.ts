import { dirname, resolve } from "node:path";
import { readCFile } from "../../c-source/functions/c-file.ts";
import { lift as liftFile } from "../../service/lift.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { headersIn, readOptionsFor } from "../kernel-c/headers.ts";
import { cPolicies } from "../kernel-c/policies.ts";
import { readText } from "../files.ts";
import { kernelTrees } from "../kernel-c/kernel-trees.ts";
import { parsed, type Options } from "../options.ts";
import { ON_DISK } from "../change/tree-files.ts";

const OPTIONS = {
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "read it as code of this kernel; without it of the tree that it stands in",
  },
} as const satisfies Options;

export const lift: Command = {
  name: "lift",
  operands: "FILE.c",
  operandWords: "files",
  options: OPTIONS,
  examples: [
    {
      line: "allocpolicy lift drivers/net/foo.c > foo.allocpolicy",
      does: "the calls of a driver as requests, to start from",
    },
  ],
  summary: "write the allocation calls of a C file as requests and contexts, with the lines that prove them",
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("name one C file");
    const absolutePath = resolve(io.cwd, path);
    const text = readText(io.cwd, path);
    const folder = dirname(absolutePath);
    const forced = values.kernel === undefined ? null : [values.kernel];
    const tree = kernelTrees(ON_DISK, forced, null)(folder);
    const [kernel] = tree.kernels;
    if (kernel === undefined) throw new UsageError("there is no kernel to read it for");
    const { evidence } = cPolicies(ON_DISK, [])(folder, tree.root);
    const file = readCFile(text, readOptionsFor(headersIn(ON_DISK), { absolutePath, text }, tree, evidence));
    await io.write(liftFile({ path, file, text }, kernel, evidence.declared).text);
    return OK;
  },
};
