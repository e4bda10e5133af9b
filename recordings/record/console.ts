import type { Row } from "../../conformance/row.ts";
import { textsOf } from "../../conformance/row.ts";

// Up to 6.18 "WARNING: CPU: 0 PID: 1 at FILE:LINE FUNC+0x..", later "WARNING: FILE:LINE at FUNC+0x.., CPU#0: init/1"
const WARNING = /WARNING: (?:CPU: \d+ PID: \d+ at (\S+) (\w+)|(\S+:\d+) at (\w+))/;
const KERNEL_BUG = /kernel BUG at (\S+?)!/;
const SLEEPING = /sleeping function called.*context at (.*)$/;

const found = (log: readonly string[], pattern: RegExp): readonly RegExpExecArray[] =>
  log.map((line) => pattern.exec(line)).filter((match) => match !== null);

/**
 * What the console lines of a row say: `warn`, `bug`, `sleep`, `sched_atomic`, `failmsg`, `fixup`, `killed`, those that apply.
 * conformance/fixtures/README.md says what they mean.
 */
export function consoleFacts(row: Row): Row {
  const log = textsOf(row, "log");
  const says = (...words: readonly string[]): boolean => log.some((line) => words.some((word) => line.includes(word)));
  const warn = found(log, WARNING).map((match) => `${match[1] ?? match[3] ?? ""} ${match[2] ?? match[4] ?? ""}`);
  const bug = found(log, KERNEL_BUG).map((match) => match[1] ?? "");
  const sleep = found(log, SLEEPING).map((match) => match[1] ?? "");
  // vmalloc (6.19+) warns with the words that slab prints: the line before a WARN in mm/vmalloc.c is not slab's.
  const fixup = log.find(
    (line, at) => line.includes("Unexpected gfp") && !(log[at + 1] ?? "").includes("WARNING: mm/vmalloc.c"),
  );
  // 5.10 words it differently.
  const failure = says("vmalloc error", "vmalloc: allocation failure")
    ? "vmalloc"
    : says("page allocation failure")
      ? "page"
      : null;
  return {
    ...(warn.length > 0 ? { warn } : {}),
    ...(bug.length > 0 ? { bug } : {}),
    ...(sleep.length > 0 ? { sleep } : {}),
    ...(says("scheduling while atomic") ? { sched_atomic: 1 } : {}),
    ...(failure === null ? {} : { failmsg: failure }),
    ...(fixup === undefined ? {} : { fixup }),
    ...(says("Killed process") ? { killed: 1 } : {}),
  };
}
