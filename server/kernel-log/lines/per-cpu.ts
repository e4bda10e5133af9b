import { groupNumber } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import { PLACE, zonePlace } from "./_zones.ts";

const ZONE = new RegExp(`${PLACE} per-cpu:`, "d");
const CPU = /^\s*CPU\s+(?<cpu>\d+): hi:\s*(?<high>\d+), btch:\s*(?<batch>\d+) usd:\s*(?<used>\d+)(?=\s|$)/d;
const MOST_LINES = 65_536;

/** The lists of single pages that each CPU keeps of a zone (to 4.1; later only their sum, `free_pcp`). */
export const perCpu: LineKind = {
  name: "per-cpu",
  begins: (message) => ZONE.test(message) || CPU.test(message),
  read(line, draft) {
    const zone = ZONE.exec(line.text);
    const place = zone === null ? null : zonePlace(line, zone);
    if (place !== null) draft.lastPerCpu = { node: place.node, zone: place.zone.text };
    const match = CPU.exec(line.text);
    if (match === null || draft.lastPerCpu === null || draft.perCpu.length >= MOST_LINES) return;
    const cpu = groupNumber(line, match, "cpu");
    const high = groupNumber(line, match, "high");
    const batch = groupNumber(line, match, "batch");
    const used = groupNumber(line, match, "used");
    if (cpu !== null && high !== null && batch !== null && used !== null)
      draft.perCpu.push({ ...draft.lastPerCpu, cpu, high, batch, used });
  },
};
