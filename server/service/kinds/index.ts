// Written by scripts/indexes.ts: one line for each file of this folder.
import { allocPolicy } from "./allocpolicy.ts";
import { kernelC } from "./kernel-c.ts";
import { kernelLog } from "./kernel-log.ts";
import { kernelTreeFile } from "./kernel-tree-file.ts";
import type { DocumentKind } from "../document-kind.ts";

export const DOCUMENT_KINDS: readonly DocumentKind[] = [allocPolicy, kernelC, kernelLog, kernelTreeFile];
