import type { CFinding } from "../../c-source/c-finding.ts";
import type { CFile } from "../../c-source/functions/c-file.ts";
import { keptFor } from "../../model/kept.ts";
import { withSettings, type Workspace } from "../../documents/workspace.ts";
import type { Settings } from "../../documents/settings.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Binding, Environment, Revision } from "../../policy-language/analysis/environment.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { policyFile, policyFiles } from "../../policy-language/analysis/policy-files.ts";
import type { Finding } from "../../rules/finding.ts";
import type { CodeEvidence } from "../code-evidence.ts";
import { policiesForFunctions, violationsOf } from "../violations.ts";
import type { JudgedC } from "./judged.ts";

/**
 * What the policies of the workspace say of the calls in a C file that they are for, by the kernel of the file: those
 * that a policy forbids or warns about, in every context that they may be made in.
 */
export function policyFindingsInC(workspace: Workspace, judged: JudgedC): readonly Finding[] {
  return policyFiles(workspace).flatMap(([uri]) => {
    const environment = environmentOf(underKernel(workspace, judged.kernel), uri);
    return environment === null
      ? []
      : policiesForFunctions(environment).flatMap((binding) =>
          violationsIn(environment, binding, judged).map((found) => findingOf(workspace, binding, found)),
        );
  });
}

/** The same policies, judged by one kernel whatever their headers say. */
export const underKernel = (workspace: Workspace, kernel: Kernel): Workspace =>
  withSettings(workspace, settingsFor(workspace.settings)(kernel));

const settingsFor = keptFor((settings: Settings) =>
  keptFor((kernel: Kernel): Settings => ({ ...settings, forcedKernel: kernel.name, options: kernel.options })),
);

interface Known {
  readonly path: string;
  readonly kernel: Kernel;
  readonly evidence: CodeEvidence;
  readonly byPolicy: WeakMap<Revision, readonly CFinding[]>;
}

const violations = new WeakMap<CFile, Known>();

function violationsIn(environment: Environment, binding: Binding, judged: JudgedC): readonly CFinding[] {
  const { file, kernel, evidence, path } = judged;
  const known = violations.get(file);
  const isSame = known !== undefined && known.path === path && known.kernel === kernel && known.evidence === evidence;
  const ofFile: Known = isSame ? known : { path, kernel, evidence, byPolicy: new WeakMap() };
  violations.set(file, ofFile);
  const found = ofFile.byPolicy.get(binding.revision);
  if (found !== undefined) return found;
  const made = violationsOf(environment, binding, kernel, [{ path, file }], evidence);
  ofFile.byPolicy.set(binding.revision, made);
  return made;
}

function findingOf(workspace: Workspace, binding: Binding, found: CFinding): Finding {
  const { rule, severity, message, tag, start, end } = found;
  return {
    rule,
    severity,
    source: "policy",
    message,
    span: { start, end },
    holds: null,
    related: placeOf(workspace, binding),
    fixes: [],
    tag,
  };
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
