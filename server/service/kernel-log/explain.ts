import type { ExplainedLog } from "../../../protocol/requests.ts";
import { diagnose } from "../../kernel-log/diagnosis.ts";
import { readReports } from "../../kernel-log/reader.ts";
import type { Steps } from "../steps.ts";
import { diagnosisText } from "../../kernel-log/text.ts";
import { declarationsOf } from "../../kernel-log/declarations.ts";

/** So many reports of one log are explained at once; who has more asks the command line. */
const MOST_REPORTS = 50;

/** The reports of a text, each explained, and as a policy file. A selection may end within a line. */
export function* explainLog(text: string): Steps<ExplainedLog> {
  const found = readReports(text.endsWith("\n") ? text : `${text}\n`, MOST_REPORTS + 1);
  const shown = found.slice(0, MOST_REPORTS);
  const reports: ExplainedLog["reports"][number][] = [];
  for (const report of shown) {
    yield [reports.length, shown.length];
    const diagnosis = diagnose(report);
    reports.push({
      number: report.number,
      title: report.title.text,
      lines: [report.firstLine + 1, report.lastLine + 1],
      text: diagnosisText(diagnosis),
      policy: declarationsOf(diagnosis, null),
    });
  }
  return { more: found.length > MOST_REPORTS, reports };
}
