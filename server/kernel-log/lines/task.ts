import { numberIn, textIn, type PrintedNumber } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import type { Task } from "../report.ts";

const HEAD = /^\s*\[ +pid +\] +uid +tgid +total_vm/;
const LINE = /^\s*\[\s*(\d+)\]\s+\d+\s+\d+\s+\d+/;
/** The list may have thousands; the largest tell the story. */
const MOST_TASKS = 12;

/**
 * A process of the list that dump_tasks() prints (mm/oom_kill.c): its columns differ by version, and its head names
 * them.
 */
export const task: LineKind = {
  name: "task",
  begins: (message, draft) => HEAD.test(message) || (draft.kind === "oom" && LINE.test(message)),
  joint: (soFar, next, { taskColumns }) => {
    if (HEAD.test(soFar))
      return /^(?:\w+ +)*name$|^(?:rss|nr_ptes|pgtables_bytes|swapents|cpu|oom_adj)\b/.test(next) ? " " : null;
    const words = soFar
      .replace(/^\s*\[\s*/, "")
      .trimEnd()
      .split(/\s+/).length;
    return words < (taskColumns?.length ?? 0) && /^(?:-?\d+(?:\s|$)|\S+$)/.test(next) ? " " : null;
  },
  read(line, draft) {
    if (HEAD.test(line.text)) {
      const words = line.text
        .replace(/^\s*\[ +pid +\]/, "pid")
        .trim()
        .split(/\s+/);
      draft.taskColumns = words;
      return;
    }
    draft.taskCount++;
    const columns = draft.taskColumns;
    // The brackets around the pid stand for blanks.
    const values = [...line.text.replace("[", " ").replace("]", " ").matchAll(/\S+/g)].map((match) => ({
      text: match[0],
      at: match.index,
    }));
    if (columns === null || values.length < columns.length) return;
    const named = (name: string): PrintedNumber | null => {
      const value = values[columns.indexOf(name)];
      return value === undefined || !columns.includes(name) || !/^-?\d+$/.test(value.text)
        ? null
        : numberIn(line, value.at, value.text);
    };
    const nameAt = values[columns.length - 1]?.at ?? line.text.length;
    const pid = named("pid");
    const totalVm = named("total_vm");
    const rss = named("rss");
    const oomScoreAdj = named("oom_score_adj") ?? named("oom_adj");
    if (pid === null || totalVm === null || rss === null || oomScoreAdj === null) return;
    keepLargest(draft.tasks, {
      pid,
      totalVm,
      rss,
      oomScoreAdj,
      name: textIn(line, nameAt, line.text.slice(nameAt).trimEnd()),
    });
  },
};

function keepLargest(tasks: Task[], one: Task): void {
  const at = tasks.findIndex(({ rss }) => rss.value < one.rss.value);
  tasks.splice(at < 0 ? tasks.length : at, 0, one);
  tasks.length = Math.min(tasks.length, MOST_TASKS);
}
