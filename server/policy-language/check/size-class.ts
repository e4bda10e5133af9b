import { isKeyword } from "../../../grammar/index.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { alikeSize } from "../../model/alike-requests.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Environment } from "../analysis/environment.ts";
import { bytesOfText, isUnit } from "../analysis/sizes.ts";
import type { Skeleton } from "./skeleton.ts";

/** What a request may say besides its size for nothing but the model to ask for that: no fallback, no expectation. */
const SIMPLE: ReadonlySet<string> = new Set([
  "request",
  "api",
  "flags",
  "size",
  "context",
  "policy",
  "handles",
  "null",
  "nothing",
]);
const WORD = /[A-Za-z_]\w*/g;
/** One block; no comment, no text. */
const BLOCK = /^request\s+\w+\s*\{[^{}"/]*\}\s*;?$/;

/** A request that has a size, and the function that it asks. */
export interface SizedRequest {
  readonly api: string;
  /** Of the size, in bytes: all of which the kernels in force decide the same have this one. */
  readonly sizeClass: number;
}

/** Null for what is no such request, or one of which another size may mean something else. */
export function sizedRequest(
  environment: Environment,
  { text }: Region,
  { size, start, end }: Pick<Skeleton, "start" | "end" | "size">,
  shape: number,
): SizedRequest | null {
  if (size === null) return null;
  const call = calls.get(shape) ?? callIn(text.slice(start, end)) ?? NO_CALL;
  if (calls.size >= MOST_CALLS) calls.clear();
  calls.set(shape, call);
  const api = apiNamed(call.api);
  if (api === null) return null;
  const sizeClass = alikeSize(environment.kernels, api, Number(size.text) * call.unitBytes);
  return sizeClass === null ? null : { api: call.api, sizeClass };
}

/** What is called, and the bytes of the unit that stands behind the size: the same in all texts of a shape. */
interface Call {
  readonly api: string;
  readonly unitBytes: number;
}

const NO_CALL: Call = { api: "", unitBytes: 0 };
const MOST_CALLS = 10_000;
const calls = new Map<number, Call>();

function callIn(text: string): Call | null {
  if (!BLOCK.test(text)) return null;
  for (const [word] of text.matchAll(WORD)) if (isKeyword(word) && !SIMPLE.has(word) && !isUnit(word)) return null;
  const [, api] = /\bapi\s+(\w+)/.exec(text) ?? [];
  const [, unit = ""] = /\bsize\s+\d+\s*([A-Za-z]*)/.exec(text) ?? [];
  return api === undefined ? null : { api, unitBytes: (isUnit(unit) ? bytesOfText(`1${unit}`) : null) ?? 1 };
}
