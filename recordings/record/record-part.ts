import type { Row } from "../../conformance/row.ts";
import { numberOf, textOf } from "../../conformance/row.ts";
import { lastWords, readBootLog, type BootLog, type BootOutcome } from "./boot-log.ts";
import { Problem } from "./problem.ts";

/** What every boot prints anew: the first boot's count. */
const ONCE: ReadonlySet<string> = new Set(["zone", "probe", "const", "version"]);

/** A part that needs more has met something that kills nearly every row. */
const MOST_BOOTS = 120;

/** A busy host may end a boot before its first row: it is tried again. */
const MOST_IDLE_BOOTS = 3;

export interface RecordedPart {
  readonly rows: readonly Row[];
  readonly boots: number;
}

/**
 * Records a part to its end. A row that the machine did not survive becomes a row that says so (`out`: `died`, `hang`, `stuck`),
 * and the machine is booted again behind it.
 * @param v what rows get as their version
 * @param boot boots the machine and records from row `start` on
 * @throws Problem when the machine does not come up, or does not get on
 */
export async function recordPart(
  part: string,
  v: string,
  boot: (start: number) => Promise<BootLog>,
): Promise<RecordedPart> {
  const rows: Row[] = [];
  let start = 1;
  let idleBoots = 0;
  for (let boots = 1; boots <= MOST_BOOTS; boots++) {
    const log = await boot(start);
    const outcome = readBootLog(log);
    if (!outcome.ended && outcome.begun === null && outcome.lastId < start) {
      idleBoots++;
      if (idleBoots === MOST_IDLE_BOOTS) throw new Problem(standstill(part, start, log));
      continue;
    }
    idleBoots = 0;
    const isFirst = rows.length === 0;
    for (const row of outcome.rows) if (isFirst || !ONCE.has(textOf(row, "kind"))) rows.push({ ...row, v });
    if (outcome.ended) return { rows, boots };
    if (outcome.begun !== null) {
      rows.push({ ...diedRow(outcome.begun, outcome, log), v });
      start = (numberOf(outcome.begun, "id") ?? start) + 1;
    } else {
      // The part asked for a fresh machine.
      start = outcome.lastId + 1;
    }
  }
  throw new Problem(`Part ${part} was not through after ${MOST_BOOTS} boots; it had come to row ${start}.`);
}

function diedRow({ begin: _, ...row }: Row, { stuck }: BootOutcome, log: BootLog): Row {
  const out = stuck ? "stuck" : log.end === "silent" ? "hang" : "died";
  return { ...row, out, log: lastWords(log.console) };
}

function standstill(part: string, start: number, log: BootLog): string {
  const lines = log.console.trimEnd().split("\n").slice(-15);
  const how = log.end === "silent" ? "went silent" : "ended";
  const said = log.console.trim() === "" ? "The kernel printed nothing." : "The last that the kernel printed:";
  return `The machine ${how} in part ${part} before row ${start}, ${MOST_IDLE_BOOTS} times. ${said}\n${lines.map((line) => `    ${line}`).join("\n")}`;
}
