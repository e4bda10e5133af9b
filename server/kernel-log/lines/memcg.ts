import { groupText, numberIn, type Field, type LogLine } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import type { Draft, MemcgLines } from "../report.ts";

const COUNTER = /^\s*(?<name>memory|swap|memory\+swap|kmem): usage \d+kB, limit \d+kB/d;
const STATS = /^\s*Memory cgroup stats(?: for (?<path>\S+?))?:(?<rest>.*)$/d;
const KILLED = /^\s*Task in (?<task>\S+) killed as a result of limit of (?<path>\S+)/d;
const STAT = /^\s*(?:[a-z_]+(?:\([a-z]+\))?) \d+\s*$/;
const MOST_STATS = 128;

/** The memory cgroup at its limit: mm/memcontrol.c:mem_cgroup_print_oom_meminfo(), mem_cgroup_print_oom_info() */
export const memcg: LineKind = {
  name: "memcg",
  begins: (message, draft) =>
    COUNTER.test(message) || STATS.test(message) || KILLED.test(message) || (draft.inMemcgStats && STAT.test(message)),
  read(line, draft) {
    const before: MemcgLines = draft.memcg ?? { counters: [], path: null, stats: [] };
    const counter = COUNTER.exec(line.text);
    const stats = STATS.exec(line.text);
    const killed = KILLED.exec(line.text);
    if (counter !== null) {
      const one = { name: counter.groups?.name ?? "", fields: usageIn(line) };
      if (before.counters.length < 8) draft.memcg = { ...before, counters: [...before.counters, one] };
    } else if (stats !== null) readStats(line, stats, draft, before);
    else if (killed !== null) draft.memcg = { ...before, path: groupText(line, killed, "path") };
    else if (before.stats.length < MOST_STATS)
      draft.memcg = {
        ...before,
        stats: [...before.stats, ...statsIn(line, /([a-z_]+(?:\([a-z]+\))?) (\d+)(?=\s|$)/g)],
      };
  },
};

function readStats(line: LogLine, match: RegExpExecArray, draft: Draft, before: MemcgLines): void {
  draft.inMemcgStats = true;
  draft.memcg = {
    ...before,
    path: before.path ?? groupText(line, match, "path"),
    stats: before.stats.length > 0 ? before.stats : statsIn(line, /([a-z_]+(?:\([a-z]+\))?):(\d+)(KB|kB)(?=\s|$)/g),
  };
}

function usageIn(line: LogLine): readonly Field[] {
  return statsIn(line, /(usage|limit|failcnt) (\d+)(kB)?(?=,|\s|$)/g);
}

function statsIn(line: LogLine, pattern: RegExp): readonly Field[] {
  return [...line.text.matchAll(pattern)].map((found): Field => {
    const [, name = "", digits = "", unit] = found;
    return {
      name,
      value: numberIn(line, found.index + name.length + 1, digits),
      unit: unit === undefined ? "count" : "kB",
    };
  });
}
