// Written by scripts/indexes.ts: one line for each file of this folder.
import { c } from "./c.ts";
import { policy } from "./policy.ts";
import type { FileKind } from "../file-kind.ts";

export const FILE_KINDS: readonly FileKind[] = [c, policy];
