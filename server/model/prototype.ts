import type { Api } from "./apis/api.ts";

/** `size_t n`, `size_t size`, `gfp_t flags`: the parameters of a function, in order, defaults left out. */
export function parametersOf({ signature }: Pick<Api, "signature">): readonly string[] {
  const open = signature.indexOf("(");
  return signature
    .slice(open + 1, signature.lastIndexOf(")"))
    .split(",")
    .map((one) => one.trim().replace(/\s*=.*$/, ""));
}

/** Which of the parameters is the mask, counted from 0; -1: none is. */
export const maskParameter = (parameters: readonly string[]): number =>
  parameters.findIndex((one) => /^gfp_t\b/.test(one));
