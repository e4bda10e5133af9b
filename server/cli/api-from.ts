import { allApis, apiNamed } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import { UsageError } from "./command.ts";
import { meantText } from "./meant.ts";

/** The function that `--api` names. Throws `UsageError`. */
export function apiFrom(name: string): Api {
  const api = apiNamed(name);
  if (api !== null) return api;
  const names = allApis().map((known) => known.name);
  throw new UsageError(`the model does not know the API '${name}'${meantText(name, names)}`);
}
