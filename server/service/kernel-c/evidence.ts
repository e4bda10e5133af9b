import type { SourceFile } from "../../../grammar/source-file.ts";
import type { AnalysisMemory, Workspace } from "../../documents/workspace.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { policyFiles } from "../../policy-language/analysis/policy-files.ts";
import { codeEvidence, NO_EVIDENCE, type CodeEvidence } from "../code-evidence.ts";

interface KnownEvidence {
  readonly files: readonly SourceFile[];
  readonly evidence: CodeEvidence;
  readonly text: string;
}

const evidences = new WeakMap<AnalysisMemory, KnownEvidence>();

/** What the policy files of the workspace say of C. The same object for as long as they say the same. */
export function evidenceIn(workspace: Workspace): CodeEvidence {
  const files = policyFiles(workspace);
  if (files.length === 0) return NO_EVIDENCE;
  const known = evidences.get(workspace.memory);
  const isSame = (all: readonly SourceFile[]): boolean =>
    all.length === files.length && files.every(([, file], at) => file === all[at]);
  if (known !== undefined && isSame(known.files)) return known.evidence;
  const environments = files.flatMap(([uri]) => environmentOf(workspace, uri) ?? []);
  const made = codeEvidence(environments, (uri) => uri.slice(uri.lastIndexOf("/") + 1));
  const text = JSON.stringify([made.declared, [...made.wrappers], [...made.allocators]]);
  const evidence = known?.text === text ? known.evidence : made;
  evidences.set(workspace.memory, { files: files.map(([, file]) => file), evidence, text });
  return evidence;
}
