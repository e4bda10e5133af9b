// Written by scripts/indexes.ts: one line for each file of this folder.
import { callHierarchy } from "./call-hierarchy.ts";
import { callers } from "./callers.ts";
import { checkText } from "./check-text.ts";
import { codeAction } from "./code-action.ts";
import { codeLens } from "./code-lens.ts";
import { completion } from "./completion.ts";
import { configuration } from "./configuration.ts";
import { decode } from "./decode.ts";
import { definition } from "./definition.ts";
import { diagnostic } from "./diagnostic.ts";
import { diffKernels } from "./diff-kernels.ts";
import { diffPolicies } from "./diff-policies.ts";
import { documentHighlight } from "./document-highlight.ts";
import { documentLink } from "./document-link.ts";
import { documentSymbol } from "./document-symbol.ts";
import { expectations } from "./expectations.ts";
import { explainCall } from "./explain-call.ts";
import { explainLog } from "./explain-log.ts";
import { exportMatrix } from "./export-matrix.ts";
import { exportSimulation } from "./export-simulation.ts";
import { foldingRange } from "./folding-range.ts";
import { formatting } from "./formatting.ts";
import { guestDocuments } from "./guest-documents.ts";
import { hover } from "./hover.ts";
import { inlayHint } from "./inlay-hint.ts";
import { kernelInForce } from "./kernel-in-force.ts";
import { kernels } from "./kernels.ts";
import { linkedEditingRange } from "./linked-editing-range.ts";
import { matrix } from "./matrix.ts";
import { modes } from "./modes.ts";
import { onTypeFormatting } from "./on-type-formatting.ts";
import { policies } from "./policies.ts";
import { rangeFormatting } from "./range-formatting.ts";
import { references } from "./references.ts";
import { renameFiles } from "./rename-files.ts";
import { rename } from "./rename.ts";
import { rulePage } from "./rule-page.ts";
import { rules } from "./rules.ts";
import { selectionRange } from "./selection-range.ts";
import { semanticTokens } from "./semantic-tokens.ts";
import { signatureHelp } from "./signature-help.ts";
import { simulate } from "./simulate.ts";
import { simulations } from "./simulations.ts";
import { textDocumentSync } from "./text-document-sync.ts";
import { watchedFiles } from "./watched-files.ts";
import { workspaceFolders } from "./workspace-folders.ts";
import { workspaceSymbol } from "./workspace-symbol.ts";
import type { Feature } from "../feature.ts";

export const FEATURES: readonly Feature[] = [
  callHierarchy,
  callers,
  checkText,
  codeAction,
  codeLens,
  completion,
  configuration,
  decode,
  definition,
  diagnostic,
  diffKernels,
  diffPolicies,
  documentHighlight,
  documentLink,
  documentSymbol,
  expectations,
  explainCall,
  explainLog,
  exportMatrix,
  exportSimulation,
  foldingRange,
  formatting,
  guestDocuments,
  hover,
  inlayHint,
  kernelInForce,
  kernels,
  linkedEditingRange,
  matrix,
  modes,
  onTypeFormatting,
  policies,
  rangeFormatting,
  references,
  renameFiles,
  rename,
  rulePage,
  rules,
  selectionRange,
  semanticTokens,
  signatureHelp,
  simulate,
  simulations,
  textDocumentSync,
  watchedFiles,
  workspaceFolders,
  workspaceSymbol,
];
