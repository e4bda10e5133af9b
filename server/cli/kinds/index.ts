// Written by scripts/indexes.ts: one line for each file of this folder.
import { policy } from "./policy.ts";
import type { FileKind } from "../file-kind.ts";

export const FILE_KINDS: readonly FileKind[] = [policy];
