import type { Workspace } from "../../server/documents/workspace.ts";
import { expectationSteps, type ExpectationItem, type ExpectationOptions } from "../../server/service/expectations.ts";
import { atOnce } from "./_at-once.ts";

/** All that a file expects. */
export const expectationsOf = (
  workspace: Workspace,
  uri: string,
  options: ExpectationOptions = {},
): readonly ExpectationItem[] => atOnce(expectationSteps(workspace, uri, options));
