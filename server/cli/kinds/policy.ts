import type { FileKind } from "../file-kind.ts";
import { POLICY_ENDING } from "../files.ts";

/** Files of the policy language. */
export const policy: FileKind = {
  name: "allocpolicy",
  endings: [POLICY_ENDING],
  begin: async (run) => (await import("../policy-report.ts")).beginPolicies(run),
};
