import { fieldsIn } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import { isSameZone, jointOfFields, PLACE, unreclaimableIn, zonePlace } from "./_zones.ts";

const LINE = new RegExp(`${PLACE} free:\\d+kB`, "d");

/** A node has a few zones, a kernel at most 1024 nodes. */
const MOST_ZONES = 4096;

/** `Node 0 Normal free:40288kB min:40124kB …`: a zone with its watermarks (mm/show_mem.c:show_free_areas()). */
export const zone: LineKind = {
  name: "zone",
  begins: (message) => LINE.test(message),
  joint: jointOfFields,
  read(line, draft) {
    const match = LINE.exec(line.text);
    const place = match === null ? null : zonePlace(line, match);
    if (place === null || draft.zones.length >= MOST_ZONES) return;
    const name = place.zone.text;
    if (
      draft.zones.some((other) => isSameZone({ node: other.node, zone: other.name.text }, { ...place, zone: name }))
    ) {
      draft.lastZone = null;
      draft.damage.push({ text: `zone ${name} is there twice: the second one is left out`, place: place.zone.place });
      return;
    }
    draft.lastZone = draft.zones.length;
    draft.zones.push({
      node: place.node,
      name: place.zone,
      fields: fieldsIn(line),
      lowmemReserve: null,
      isUnreclaimable: unreclaimableIn(line.text),
    });
  },
};
