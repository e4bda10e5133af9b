import { apiNamed } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { fenced } from "../markdown.ts";
import { kernelsText } from "../over-kernels.ts";
import { treatmentLines } from "../treatment.ts";

/** A function that allocates: its signature, and what it makes of a mask; null for one that the model does not know. */
export function apiHover(name: string, environment: Environment): string | null {
  const api = apiNamed(name);
  if (api === null) return null;
  const here = environment.kernels.filter((kernel) => api.exists(kernel));
  const lines: string[] = [fenced(api.signature, "c")];
  lines.push(`${sizeText(api)}${maskTold(api)}`);
  if (here.length === 0) lines.push(`Does not exist in ${environment.kernelsText}.`);
  else if (here.length < environment.kernels.length)
    lines.push(`Exists in ${kernelsText(here)} of ${environment.kernelsText}.`);
  const kernel = here[here.length - 1];
  if (kernel !== undefined) lines.push(treatmentLines(api, kernel, here.length > 1));
  return lines.filter((line) => line !== "").join("\n\n");
}

function maskTold(api: Api): string {
  if (!api.takesMask) return " It takes no mask.";
  return api.withoutMask === undefined ? "" : " The mask may be left out: it is `GFP_KERNEL` then.";
}

function sizeText(api: Api): string {
  switch (api.size) {
    case "order":
      return "Takes an `order`.";
    case "bytes":
      return "Takes a `size` in bytes.";
    case "pages":
      return "Takes a number of `pages`.";
    case "count":
      return "Takes a `count` of pages or objects.";
    case "none":
      return "Takes no size.";
  }
}
