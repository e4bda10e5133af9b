import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { compareSides, type Difference } from "../../policy-language/diff/diff.ts";
import { modePhrases } from "../../policy-language/diff/modes.ts";
import { comparePolicies, isSamePolicy, type PolicyDifference } from "../../policy-language/diff/policies.ts";
import type { Side } from "../../policy-language/diff/side.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import {
  carriedFiles,
  carriedJson,
  carriedText,
  changesAnything,
  isAboutC,
  type CarriedFiles,
} from "../kernel-c/carried.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { kernelChanges } from "../../service/kernel-changes.ts";
import { isSameForCallers, kernelChangesText } from "../kernel-changes.ts";
import { apiFrom } from "../api-from.ts";
import { FOUND, OK, USAGE, UsageError, type Command, type Io } from "../command.ts";
import { readText, UnreadableFiles, workspaceFolder } from "../files.ts";
import { forcedKernels, kernelFrom } from "../kernels.ts";
import { meantText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";
import { jsonText } from "../../service/visible.ts";
import { workspaceWith } from "../workspace.ts";

const OPTIONS = {
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel to judge by; with --to the first of two; of C without it that of the tree",
  },
  to: { type: "string", takes: "W", words: "kernels", means: "with one file, or with C: the second kernel" },
  api: { type: "string", takes: "A", words: "apis", means: "with two kernels: this function alone, and all its masks" },
  json: { type: "boolean", default: false, means: "answer in JSON" },
} as const satisfies Options;

export const diff: Command = {
  name: "diff",
  operands: "A [B…]",
  operandWords: "files",
  options: OPTIONS,
  fails: "something changes",
  examples: [
    {
      line: "allocpolicy diff ring.allocpolicy --kernel 6.1 --to 6.12",
      does: "what a file comes to when it is carried to another kernel",
    },
    {
      line: "allocpolicy diff --kernel 6.1 --to 6.12 drivers/net/ethernet/intel",
      does: "what changes for these C files when they are carried from one kernel to another, call by call",
    },
    { line: "allocpolicy diff 6.6 6.12", does: "what changes for callers from one kernel to the other" },
    { line: "allocpolicy diff 5.10 7.3 --api kvmalloc", does: "the same of one function, with every mask" },
    { line: "allocpolicy diff old.allocpolicy new.allocpolicy", does: "what changes between two files" },
    { line: "allocpolicy diff ring.allocpolicy#rx '#tx'", does: "which of two policies of a file takes more" },
  ],
  summary:
    "what changes between two policies, two files, two kernels, or one file or C under two kernels, with witnesses; exits 1 when something does",
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [a, b, ...more] = positionals;
    const [kernel, to] = [forcedKernels(values.kernel, io), forcedKernels(values.to, io)];
    if (positionals.some((path) => isAboutC(io.cwd, path))) {
      if (to === null) throw new UsageError("of C say to which kernel it is carried: --to 6.12");
      return tellCarried(io, carriedFiles(io.cwd, positionals, kernel, to), values.json);
    }
    const kernels = kernelsIn(io, positionals);
    if (kernels !== null) {
      if (kernel !== null || to !== null)
        throw new UsageError("--kernel and --to go with a file, not with two kernels");
      return tellKernels(io, kernels, values);
    }
    if (values.api !== undefined) throw new UsageError("--api goes with two kernels: diff 6.6 6.12 --api kvmalloc");
    if (a === undefined || more.length > 0)
      throw new UsageError("give two files, policies or kernels, or one file with --kernel and --to");
    const difference = differenceOf(io.cwd, a, b, kernel, to);
    await io.write(values.json ? `${jsonText(difference, 2)}\n` : report(difference));
    return isSame(difference) ? OK : FOUND;
  },
};

type TwoKernels = readonly [from: Kernel, to: Kernel];

/** The two kernels that the operands are, and no files; null: they are others. Throws `UsageError`. */
function kernelsIn(io: Io, [a, b, ...more]: readonly string[]): TwoKernels | null {
  if (a === undefined || b === undefined || more.length > 0) return null;
  if ([a, b].some((name) => existsSync(resolve(io.cwd, name)) || !LIKE_A_KERNEL.test(name))) return null;
  const kernelNamed = (name: string): Kernel => kernelFrom(name, [], (said) => io.warn(`${name}: ${said}\n`));
  return [kernelNamed(a), kernelNamed(b)];
}

const LIKE_A_KERNEL = /^(v?\d+\.[\w.-]+|android[\w.-]*)$/;

async function tellKernels(
  io: Io,
  [from, to]: TwoKernels,
  { api, json }: { readonly api?: string; readonly json: boolean },
): Promise<number> {
  const changes = kernelChanges(from, to, api === undefined ? undefined : [apiFrom(api)]);
  await io.write(json ? `${jsonText(changes, 2)}\n` : kernelChangesText(from, to, changes));
  return isSameForCallers(changes) ? OK : FOUND;
}

async function tellCarried(io: Io, carried: CarriedFiles, isJson: boolean): Promise<number> {
  const unreadable = new UnreadableFiles(io.warn);
  for (const one of carried.unreadable) unreadable.refuse(one);
  if (carried.files.length > 0) unreadable.read();
  unreadable.end();
  await io.writeExactly(isJson ? carriedJson(carried) : carriedText(carried));
  if (unreadable.isAny) return USAGE;
  return changesAnything(carried) ? FOUND : OK;
}

function differenceOf(
  cwd: string,
  a: string,
  b: string | undefined,
  kernel: string | null,
  to: string | null,
): Difference {
  const first = nameOf(a);
  if (b === undefined) {
    if (kernel === null || to === null)
      throw new UsageError("for one file say between which kernels: --kernel 6.1 --to 6.12");
    if (first.policy !== null) throw new UsageError("name a file: all its requests are compared under the two kernels");
    return compareSides(sideOf(cwd, first.path, kernel), sideOf(cwd, first.path, to));
  }
  if (to !== null) throw new UsageError("--to goes with one file");
  const second = nameOf(b);
  const [one, other] = [
    sideOf(cwd, first.path, kernel),
    sideOf(cwd, second.path === "" ? first.path : second.path, kernel),
  ];
  if (first.policy === null && second.policy === null) return compareSides(one, { ...other, kernel: one.kernel });
  if (first.policy === null || second.policy === null) throw new UsageError("name a policy on both sides, or on none");
  return {
    ...NOTHING,
    policies: [comparePolicies(one, policyOf(one, first.policy), other, policyOf(other, second.policy))],
  };
}

const NOTHING: Difference = { policies: [], requests: [], flags: [], onlyFirst: [], onlySecond: [] };

/** `FILE#POLICY` in its parts. */
function nameOf(text: string): { readonly path: string; readonly policy: string | null } {
  const at = text.lastIndexOf("#");
  return at < 0 ? { path: text, policy: null } : { path: text.slice(0, at), policy: text.slice(at + 1) };
}

/** The file under a kernel: the one asked for, or the newest that the file itself names. */
function sideOf(cwd: string, path: string, forcedKernel: string | null): Side {
  if (path === "") throw new UsageError("the first side names its file: FILE#POLICY");
  const absolutePath = resolve(cwd, path);
  const settings = { ...DEFAULT_SETTINGS, forcedKernel };
  const environment = environmentOf(
    workspaceWith([{ absolutePath, text: readText(cwd, path) }], [workspaceFolder(cwd, absolutePath)], settings),
    pathToFileURL(absolutePath).href,
  );
  const kernel = environment?.kernels.at(-1);
  if (environment === null || kernel === undefined) throw new UsageError(`cannot judge ${path}`);
  return { environment, kernel };
}

function policyOf({ environment }: Side, name: string): ReturnType<Side["environment"]["visible"]>[number] {
  const binding = environment.lookup("subject", name);
  if (binding === null || binding.declaration.kind !== "policy") {
    const policies = environment.visible("subject").flatMap((one) => (one.kind === "policy" ? (one.name ?? []) : []));
    throw new UsageError(`there is no policy '${name}'${meantText(name, policies)}`);
  }
  return binding;
}

function isSame({ policies, requests, flags, onlyFirst, onlySecond }: Difference): boolean {
  return policies.every(isSamePolicy) && requests.length + flags.length + onlyFirst.length + onlySecond.length === 0;
}

const RELATIONS: Readonly<Record<PolicyDifference["relation"], string>> = {
  equal: "takes the same requests as",
  stricter: "is stricter than",
  looser: "is looser than",
  incomparable: "is neither stricter nor looser than",
  unknown: "cannot be compared with",
};

function report({ policies, requests, flags, onlyFirst, onlySecond }: Difference): string {
  const lines = [
    ...policies.flatMap(policyLines),
    ...flags.map(({ kind, text }) => `flag ${kind}: ${text}`),
    ...requests.flatMap(({ name, changes }) => [
      `request ${name}`,
      ...changes.map(({ what, from, to }) => `    ${what}: ${from} -> ${to}`),
    ]),
    ...onlyFirst.map((name) => `only in the first: ${name}`),
    ...onlySecond.map((name) => `only in the second: ${name}`),
  ];
  return lines.length === 0 ? "nothing changes\n" : `${lines.join("\n")}\n`;
}

function policyLines({ first, second, relation, onlyFirst, onlySecond, modes }: PolicyDifference): readonly string[] {
  const isOne = first === second;
  const names = isOne ? (["the first", "the second"] as const) : ([first, second] as const);
  return [
    isOne
      ? `policy ${first}: the first ${RELATIONS[relation]} the second`
      : `policy ${first} ${RELATIONS[relation]} ${second}`,
    ...(onlyFirst === null ? [] : [`    only the first takes   ${onlyFirst}`]),
    ...(onlySecond === null ? [] : [`    only the second takes  ${onlySecond}`]),
    ...modes.flatMap((mode) => modePhrases(mode, names).map((phrase) => `    mode ${mode.mode} ${phrase}`)),
  ];
}
