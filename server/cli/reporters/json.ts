import type { Reporter } from "../reporter.ts";
import { jsonText } from "../../service/visible.ts";

/** The format version that scripts rely on; it changes when a field is taken away or means something else. */
const VERSION = 1;

/** One JSON document; the shape is part of the command line's contract (docs/command-line.md). */
export const json: Reporter = {
  name: "json",
  summary: "one document; the shape below is kept: for scripts",
  begin: () => `{\n  "version": ${VERSION},\n  "files": [\n`,
  file: ({ path, findings }) => indented(jsonText({ path, findings }, 2), "    "),
  between: ",\n",
  end: ({ severities, expectations: { passed, failed }, known }) => {
    const summary = jsonText({ ...severities, ...(known === 0 ? {} : { known }), expectations: { passed, failed } }, 2);
    return `\n  ],\n  "summary": ${indented(summary, "  ").trimStart()}\n}\n`;
  },
};

function indented(text: string, margin: string): string {
  return text.replace(/^/gm, margin);
}
