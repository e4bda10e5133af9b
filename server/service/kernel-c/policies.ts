import type { CFile } from "../../c-source/c-file.ts";
import { withSettings, type Workspace } from "../../documents/workspace.ts";
import type { Settings } from "../../documents/settings.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Binding, Environment, Revision } from "../../policy-language/analysis/environment.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { policyFile, policyFiles } from "../../policy-language/analysis/policy-files.ts";
import { resolvePolicy } from "../../policy-language/policies/resolved-policy.ts";
import type { Finding } from "../../rules/finding.ts";
import { callersOf, type CallerRow } from "../callers.ts";
import type { PlacedFinding } from "../findings.ts";
import type { JudgedC } from "./judged.ts";

/**
 * What the policies of the workspace say of the calls in a C file that they are for, by the kernel of the file: those
 * that a policy forbids or warns about, in every context that they may be made in.
 */
export function policyFindingsInC(workspace: Workspace, judged: JudgedC): readonly PlacedFinding[] {
  return policyFiles(workspace).flatMap(([uri]) => {
    const environment = environmentOf(underKernel(workspace, judged.kernel), uri);
    return environment === null
      ? []
      : policiesOf(environment).flatMap((binding) =>
          rowsOf(environment, binding, judged).map((row) => findingOf(workspace, binding, row)),
        );
  });
}

const settingsFor = new WeakMap<Settings, WeakMap<Kernel, Settings>>();

/** The same policies, judged by one kernel whatever their headers say. */
export function underKernel(workspace: Workspace, kernel: Kernel): Workspace {
  const { settings } = workspace;
  const ofKernel = settingsFor.get(settings) ?? new WeakMap<Kernel, Settings>();
  settingsFor.set(settings, ofKernel);
  const forced = ofKernel.get(kernel) ?? { ...settings, forcedKernel: kernel.name, options: kernel.options };
  ofKernel.set(kernel, forced);
  return withSettings(workspace, forced);
}

/** The policies of a file that are `for` functions. */
function policiesOf(environment: Environment): readonly Binding[] {
  return environment
    .visible("subject")
    .filter(
      (binding) =>
        binding.uri === environment.uri &&
        binding.declaration.kind === "policy" &&
        (resolvePolicy(environment, binding)?.apis.length ?? 0) > 0,
    );
}

type Rows = WeakMap<Revision, readonly CallerRow[]>;
const known = new WeakMap<CFile, WeakMap<Kernel, Rows>>();

/** The calls of a file that a policy forbids or warns about. */
function rowsOf(environment: Environment, binding: Binding, { file, uri, kernel }: JudgedC): readonly CallerRow[] {
  const ofFile = known.get(file) ?? new WeakMap<Kernel, Rows>();
  known.set(file, ofFile);
  const inKernel: Rows = ofFile.get(kernel) ?? new WeakMap();
  ofFile.set(kernel, inKernel);
  const found = inKernel.get(binding.revision);
  if (found !== undefined) return found;
  const apis = new Set((resolvePolicy(environment, binding)?.apis ?? []).map(({ text }) => text));
  const isCalled = file.functions.some(({ read }) => read.calls.some(({ name }) => apis.has(name)));
  const table = isCalled ? callersOf(environment, binding, kernel, () => [{ path: uri, file }]) : null;
  const rows = (table?.rows ?? []).filter(({ answer }) => answer === "forbidden" || answer === "warned");
  inKernel.set(binding.revision, rows);
  return rows;
}

function findingOf(workspace: Workspace, binding: Binding, row: CallerRow): PlacedFinding {
  const isForbidden = row.answer === "forbidden";
  const name = binding.declaration.name?.text ?? "";
  const says = isForbidden ? "forbids this call" : "warns about this call";
  const through = row.via.length === 0 ? "" : `, which comes to ${row.api}() through ${row.via.join(", ")}`;
  const start = row.start;
  const end = start + row.length;
  const finding: Finding = {
    rule: isForbidden ? "policy-forbids" : "policy-warns",
    severity: isForbidden ? "error" : "warning",
    source: "policy",
    message: `Policy ${name} ${says}${through}: ${row.because.join("; ")}.`,
    span: { start, end },
    holds: null,
    related: placeOf(workspace, binding),
    fixes: [],
    tag: null,
  };
  return { finding, start, end };
}

/** The name of the policy, where it stands now. */
function placeOf(workspace: Workspace, { uri, declaration }: Binding): Finding["related"] {
  const file = policyFile(workspace, uri);
  const region = file?.regions.findIndex(({ item }) => item === declaration) ?? -1;
  const start = file?.starts[region];
  if (start === undefined || declaration.name === null) return [];
  const { name } = declaration;
  const span = { start: start + name.start, end: start + name.end };
  return [{ uri, region: 0, span, message: `policy ${name.text}` }];
}
