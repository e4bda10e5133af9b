import type { LineKind } from "../line-kind.ts";
import { readCpuset } from "./header.ts";

/** `sed cpuset=/ mems_allowed=0-1` (to 4.9): kernel/cpuset.c:cpuset_print_current_mems_allowed() */
export const cpuset: LineKind = {
  name: "cpuset",
  begins: (message) => /^\S.{0,63} cpuset=\S+ mems_allowed=\d/.test(message),
  read: readCpuset,
};
