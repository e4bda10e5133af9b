import type { ExplainedLog } from "../../../protocol/requests.ts";
import { diagnose } from "../../kernel-log/diagnosis.ts";
import { readReports } from "../../kernel-log/reader.ts";
import { diagnosisText } from "../../kernel-log/text.ts";
import { declarationsOf } from "../../kernel-log/declarations.ts";

/** So many reports of one log are explained at once; who has more asks the command line. */
const MOST_REPORTS = 50;

/** The reports of a text, each explained, and as a policy file. A selection may end within a line. */
export function explainLog(text: string): ExplainedLog {
  const reports = readReports(text.endsWith("\n") ? text : `${text}\n`, MOST_REPORTS + 1);
  return {
    more: reports.length > MOST_REPORTS,
    reports: reports.slice(0, MOST_REPORTS).map((report) => {
      const diagnosis = diagnose(report);
      return {
        number: report.number,
        title: report.title.text,
        lines: [report.firstLine + 1, report.lastLine + 1],
        text: diagnosisText(diagnosis),
        policy: declarationsOf(diagnosis, null),
      };
    }),
  };
}
