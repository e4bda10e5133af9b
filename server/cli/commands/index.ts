// Written by scripts/indexes.ts: one line for each file of this folder.
import { check } from "./check.ts";
import { decode } from "./decode.ts";
import { diff } from "./diff.ts";
import { encode } from "./encode.ts";
import { explain } from "./explain.ts";
import { fmt } from "./fmt.ts";
import { lsp } from "./lsp.ts";
import { rules } from "./rules.ts";
import { simulate } from "./simulate.ts";
import { verdict } from "./verdict.ts";
import type { Command } from "../command.ts";

export const ALL_COMMANDS: readonly Command[] = [
  check,
  decode,
  diff,
  encode,
  explain,
  fmt,
  lsp,
  rules,
  simulate,
  verdict,
];
