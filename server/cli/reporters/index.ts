// Written by scripts/indexes.ts: one line for each file of this folder.
import { github } from "./github.ts";
import { json } from "./json.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";
import type { Reporter } from "../reporter.ts";

export const ALL_REPORTERS: readonly Reporter[] = [github, json, sarif, text];
