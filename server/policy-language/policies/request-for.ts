import type { Api } from "../../model/apis/api.ts";
import { contextOf } from "../../model/contexts.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { AllocationRequest } from "../../model/request.ts";

const PROCESS = contextOf("process");

/** A request of that size, in the unit that the function takes, from a task that holds nothing. */
export function requestFor(api: Api, pageBytes: number, value: Mask, sizeBytes: number): AllocationRequest {
  const pages = Math.max(1, Math.ceil(sizeBytes / pageBytes));
  return {
    api: api.name,
    mask: value,
    order: api.size === "order" ? Math.ceil(Math.log2(pages)) : null,
    sizeBytes: api.size === "bytes" ? sizeBytes : null,
    pages: api.size === "pages" ? pages : null,
    count: api.size === "count" ? pages : null,
    context: PROCESS,
    node: null,
    cache: null,
    poolEmpty: false,
  };
}
