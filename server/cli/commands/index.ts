// Written by scripts/indexes.ts: one line for each file of this folder, which is loaded when it is asked for.
import type { Command } from "../command.ts";

export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["callers", async (): Promise<Command> => (await import("./callers.ts")).callers],
  ["check", async (): Promise<Command> => (await import("./check.ts")).check],
  ["completion", async (): Promise<Command> => (await import("./completion.ts")).completion],
  ["decode", async (): Promise<Command> => (await import("./decode.ts")).decode],
  ["diff", async (): Promise<Command> => (await import("./diff.ts")).diff],
  ["dmesg", async (): Promise<Command> => (await import("./dmesg.ts")).dmesg],
  ["encode", async (): Promise<Command> => (await import("./encode.ts")).encode],
  ["explain", async (): Promise<Command> => (await import("./explain.ts")).explain],
  ["fmt", async (): Promise<Command> => (await import("./fmt.ts")).fmt],
  ["lift", async (): Promise<Command> => (await import("./lift.ts")).lift],
  ["lsp", async (): Promise<Command> => (await import("./lsp.ts")).lsp],
  ["man", async (): Promise<Command> => (await import("./man.ts")).man],
  ["rules", async (): Promise<Command> => (await import("./rules.ts")).rules],
  ["simulate", async (): Promise<Command> => (await import("./simulate.ts")).simulate],
  ["verdict", async (): Promise<Command> => (await import("./verdict.ts")).verdict],
]);
