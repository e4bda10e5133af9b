import { isKernelLog, kernelLog as openLog, type KernelLog } from "../../kernel-log/kernel-log.ts";
import { documentKind, type DocumentKind } from "../document-kind.ts";
import { hoverInLog } from "../kernel-log/hover.ts";

/** Logs of any kind: nothing is said of them but where a kernel reports that memory was short. */
export const kernelLog: DocumentKind = documentKind<KernelLog>({
  name: "kernel-log",
  is: isKernelLog,
  languageIds: ["log"],
  extensions: [".log", ".dmesg"],
  fileNames: ["dmesg"],
  listed: false,
  guest: { log: null, plaintext: "**/{dmesg,*.dmesg}" },
  open: openLog,
  answers: { hover: hoverInLog },
});
