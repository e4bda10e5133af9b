import { PROPERTY_WORDS, type PropertyWord, type RequestProperty, requestProperty } from "../../../grammar/index.ts";
import { needsMask } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { type Completion, item } from "./items.ts";
import { type Offer, requestAround } from "./offer.ts";

/** Properties of a request that it does not have yet and that its function reads; those first that it needs. */
export function propertyItems(offer: Offer): readonly Completion[] {
  const request = requestAround(offer);
  const present = request?.declaration.properties.map((property) => property.kind) ?? [];
  const api = request?.resolved.api ?? null;
  const offered = PROPERTY_WORDS.map((name) =>
    item(name, "property", {
      ...(isNeeded(api, name) ? { detail: "needed" } : {}),
      held: isSaid(name, present) || (api !== null && !isReadBy(api, name)),
      topic: `keyword property:${name}`,
    }),
  );
  return [...offered.filter((each) => each.detail === "needed"), ...offered.filter((each) => each.detail !== "needed")];
}

/** Whether a request that has these properties says this one too: itself, or the same in another unit. */
function isSaid(name: PropertyWord, present: readonly PropertyWord[]): boolean {
  const { sizeIn, repeats } = requestProperty(name);
  if (present.includes(name)) return repeats !== true;
  const isSize = (unit: RequestProperty["sizeIn"]): boolean => unit !== undefined && unit !== "count";
  return isSize(sizeIn) && present.some((kind) => isSize(requestProperty(kind).sizeIn));
}

/** Whether a function makes anything of a property. */
function isReadBy(api: Api, name: PropertyWord): boolean {
  const { value, sizeIn } = requestProperty(name);
  if (sizeIn !== undefined) return api.size !== "none" && (api.size === sizeIn || api.alsoTakes.includes(sizeIn));
  if (value === "number") return api.numbers?.includes(name) === true;
  if (name === "flags") return api.takesMask;
  return name !== "cache" || api.takesCache === true;
}

function isNeeded(api: Api | null, name: PropertyWord): boolean {
  if (name === "api") return true;
  if (name === "flags") return api === null || needsMask(api);
  return api !== null && requestProperty(name).sizeIn === api.size;
}
