import type { CFinding } from "../c-source/c-finding.ts";
import type { NamedFile } from "../c-source/link/link.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { Binding, Environment } from "../policy-language/analysis/environment.ts";
import type { CodeEvidence } from "./code-evidence.ts";
import { callersOf, type CallerRow } from "./callers.ts";

/** The policies of a file, imports left out, that are `for` functions. */
export function policiesForFunctions(environment: Environment): readonly Binding[] {
  return environment
    .visible("subject")
    .filter(
      ({ uri, declaration }) => uri === environment.uri && declaration.kind === "policy" && declaration.apis.length > 0,
    );
}

/** The calls in some files that a policy forbids or warns about, in every context that they may be made in. */
export function violationsOf(
  environment: Environment,
  binding: Binding,
  kernel: Kernel,
  files: readonly NamedFile[],
  { declared, allocators }: Pick<CodeEvidence, "declared" | "allocators">,
): readonly CFinding[] {
  if (!isCalled(binding, files, allocators)) return [];
  const table = callersOf(environment, binding, kernel, () => files, declared, allocators);
  return (table?.rows ?? []).flatMap((row) => violationOf(row, table?.policy ?? "", files));
}

/** Most files call none of the functions: then nothing has to be asked. */
function isCalled(
  { declaration }: Binding,
  files: readonly NamedFile[],
  allocators: CodeEvidence["allocators"],
): boolean {
  const apis = new Set(declaration.kind === "policy" ? declaration.apis.map(({ text }) => text) : []);
  for (const [name, { callee }] of allocators) if (apis.has(callee)) apis.add(name);
  return files.some(({ file }) => file.functions.some(({ read }) => read.calls.some(({ name }) => apis.has(name))));
}

function violationOf(row: CallerRow, policy: string, files: readonly NamedFile[]): readonly CFinding[] {
  if (row.answer !== "forbidden" && row.answer !== "warned") return [];
  const isForbidden = row.answer === "forbidden";
  const through = row.via.length === 0 ? "" : `, which comes to ${row.api}() through ${row.via.join(", ")}`;
  return [
    {
      rule: isForbidden ? "policy-forbids" : "policy-warns",
      severity: isForbidden ? "error" : "warning",
      message: `Policy ${policy} ${isForbidden ? "forbids" : "warns about"} ${row.masks.join(" or ")} here${through}: ${row.because.join("; ")}.`,
      tag: null,
      file: files.findIndex(({ path }) => path === row.path),
      path: row.path,
      function: row.function,
      start: row.start,
      end: row.start + row.length,
      call: row.callText,
      maskText: row.maskText,
      confidence: "certain",
      isAnywhere: false,
      proof: [],
      fixes: [],
      advice: "Ask with a mask that the policy takes.",
    },
  ];
}
