import { fieldsIn, groupNumber, groupText } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import { readCpuset } from "./header.ts";

const WHO = /(?:Kill(?:ed)?|kill) process (?<pid>\d+)(?:, UID \d+,)? \((?<name>[^)]*(?:\)[^)\s,]*)*?)\)(?=\s|,|$)/d;
/** The line of the victim has about eight. */
const MOST_FIELDS = 16;

const MESSAGE = /^\s*(?<message>(?:Memory cgroup out of memory|Out of memory)(?: \([\w_]+\))?)\s*:/d;
const NOBODY =
  /^\s*(?:Out of memory and no killable processes|System is deadlocked on memory|Memory cgroup out of memory: no killable|Kernel panic - not syncing: Out of memory)/;
const CONSTRAINT = /oom-kill:constraint=(?<constraint>CONSTRAINT_\w+)/d;
const MEMCG = /oom_memcg=(?<path>[^,]+),/d;

/** Whom the OOM killer takes, by what: mm/oom_kill.c:dump_oom_victim(), __oom_kill_process() */
export const kill: LineKind = {
  name: "kill",
  begins: (message, draft) =>
    draft.kind === "oom" &&
    (MESSAGE.test(message) ||
      NOBODY.test(message) ||
      CONSTRAINT.test(message) ||
      /^\s*Killed process \d+/.test(message)),
  joint: (soFar, next) => {
    if (/^\s*oom-kill:/.test(soFar)) return /^[,\w/].*=/.test(next) && /,$/.test(soFar) ? "" : null;
    return /^(?:process \d|\(|total-vm:|anon-rss:|file-rss:|shmem-rss:|UID:|pgtables:|oom_score_adj:|score \d|Killed)/.test(
      next,
    )
      ? " "
      : null;
  },
  read(line, draft) {
    const constraint = CONSTRAINT.exec(line.text);
    if (constraint !== null) {
      draft.constraint = groupText(line, constraint, "constraint");
      readCpuset(line, draft);
      const memcg = MEMCG.exec(line.text);
      const path = memcg === null ? null : groupText(line, memcg, "path");
      if (path !== null) draft.memcg = { counters: [], stats: [], ...draft.memcg, path: draft.memcg?.path ?? path };
      return;
    }
    const who = WHO.exec(line.text);
    const message =
      MESSAGE.exec(line.text)?.groups?.message ??
      (NOBODY.test(line.text) ? (/panic_on_oom/.test(line.text) ? "panic_on_oom" : "nobody") : "");
    draft.kill = {
      message: draft.kill?.message || message,
      pid: (who === null ? null : groupNumber(line, who, "pid")) ?? draft.kill?.pid ?? null,
      name: (who === null ? null : groupText(line, who, "name")) ?? draft.kill?.name ?? null,
      fields: [
        ...(draft.kill?.fields ?? []),
        ...fieldsIn(line).filter(({ name }) => !draft.kill?.fields.some((known) => known.name === name)),
      ].slice(0, MOST_FIELDS),
    };
  },
};
