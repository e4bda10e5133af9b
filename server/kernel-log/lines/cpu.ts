import { groupNumber, groupText } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";

const CPU = /\bCPU: (?<cpu>\d+)/d;
const PID = /\b(?:PID|Pid): (?<pid>\d+)/d;
// `Not tainted 5.15.0-69-generic #76~20.04.1-Ubuntu`, `Tainted: G         C        5.9.0-rc2-sunxi #trunk`
const KERNEL = /\b(?:Not tainted|Tainted:(?: [ [\]A-Z_=,]{0,120})?)[ ,]{1,40}\(?(?<kernel>\d+\.\d+[\w.+~-]*)(?=[\s)])/d;
const COMMAND = /\b[Cc]omm: (?<command>.{1,64}?) (?:Not tainted|Tainted:)/d;

/** Who runs on which CPU, and the kernel's version: lib/dump_stack.c:dump_stack_print_info() */
export const cpu: LineKind = {
  name: "cpu",
  begins: (message) => /^(?:CPU: \d+ (?:UID: \d+ )?PID: \d+|Pid: \d+,) /.test(message),
  joint: (soFar, next) => {
    if (/#\S/.test(soFar)) return null;
    return /^(?:Comm:|comm:|Not tainted|Tainted:|Tainted |tainted |[A-Z](?:\s+[A-Z])*\s+\d+\.\d|\d+\.\d+|#)/.test(next)
      ? " "
      : null;
  },
  read(line, draft) {
    const found = { cpu: CPU.exec(line.text), pid: PID.exec(line.text), kernel: KERNEL.exec(line.text) };
    const command = COMMAND.exec(line.text);
    if (found.cpu !== null) draft.cpu ??= groupNumber(line, found.cpu, "cpu");
    if (found.pid !== null) draft.pid ??= groupNumber(line, found.pid, "pid");
    if (found.kernel !== null) draft.kernel ??= groupText(line, found.kernel, "kernel");
    if (command !== null) draft.command ??= groupText(line, command, "command");
  },
};
