import type { Release, ZoneFacts } from "./row.ts";

/**
 * The recorded machines by part of the recording, as their own `zone` rows report them: for recordings that come without
 * those rows. 512 MiB in two nodes; the parts of `pressure` with min_free_kbytes 4096, those of `movable` with
 * cma=32M movablecore=128M, `cma` with cma=32M.
 */
export const MACHINES: Readonly<Record<Release, Readonly<Record<MachineName, readonly ZoneFacts[]>>>> = {
  "6.1.192": {
    ordinary: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 23, low: 28, high: 33, lowmem_reserve: [0, 33, 156, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9598, cma: 0, free: 9585, min: 51, low: 63, high: 75, lowmem_reserve: [0, 0, 123, 123] },
      { nid: 0, zone: 2, name: "Normal", managed: 31689, cma: 0, free: 30914, min: 192, low: 240, high: 288, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 64259, cma: 0, free: 63209, min: 390, low: 487, high: 584, lowmem_reserve: [0, 0, 0, 0] },
    ],
    movable: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 19, low: 23, high: 27, lowmem_reserve: [0, 33, 101, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9598, cma: 0, free: 9556, min: 43, low: 53, high: 63, lowmem_reserve: [0, 0, 68, 123] },
      { nid: 0, zone: 2, name: "Normal", managed: 17408, cma: 8192, free: 16337, min: 90, low: 112, high: 134, lowmem_reserve: [0, 0, 0, 446] },
      { nid: 0, zone: 3, name: "Movable", managed: 14281, cma: 0, free: 14059, min: 74, low: 92, high: 110, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 49152, cma: 0, free: 48635, min: 254, low: 317, high: 380, lowmem_reserve: [0, 0, 0, 472] },
      { nid: 1, zone: 3, name: "Movable", managed: 15107, cma: 0, free: 15095, min: 78, low: 97, high: 116, lowmem_reserve: [0, 0, 0, 0] },
    ],
    pressure: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 35, low: 43, high: 51, lowmem_reserve: [0, 33, 156, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9598, cma: 0, free: 9598, min: 89, low: 111, high: 133, lowmem_reserve: [0, 0, 123, 123] },
      { nid: 0, zone: 2, name: "Normal", managed: 31689, cma: 0, free: 31153, min: 296, low: 370, high: 444, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 64259, cma: 0, free: 63092, min: 601, low: 751, high: 901, lowmem_reserve: [0, 0, 0, 0] },
    ],
    cma: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 35, low: 43, high: 51, lowmem_reserve: [0, 33, 156, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9598, cma: 0, free: 9586, min: 89, low: 111, high: 133, lowmem_reserve: [0, 0, 123, 123] },
      { nid: 0, zone: 2, name: "Normal", managed: 31689, cma: 8192, free: 31039, min: 296, low: 370, high: 444, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 64259, cma: 0, free: 63086, min: 601, low: 751, high: 901, lowmem_reserve: [0, 0, 0, 0] },
    ],
  },
  "6.12.117": {
    ordinary: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 23, low: 28, high: 33, lowmem_reserve: [0, 35, 156, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9603, cma: 0, free: 9567, min: 54, low: 67, high: 80, lowmem_reserve: [0, 0, 121, 121] },
      { nid: 0, zone: 2, name: "Normal", managed: 31176, cma: 0, free: 29214, min: 188, low: 235, high: 282, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 64768, cma: 0, free: 63604, min: 392, low: 490, high: 588, lowmem_reserve: [0, 0, 0, 0] },
    ],
    movable: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 27, low: 33, high: 39, lowmem_reserve: [0, 35, 103, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9603, cma: 0, free: 9567, min: 63, low: 78, high: 93, lowmem_reserve: [0, 0, 68, 121] },
      { nid: 0, zone: 2, name: "Normal", managed: 17408, cma: 8192, free: 16583, min: 123, low: 153, high: 183, lowmem_reserve: [0, 0, 0, 430] },
      { nid: 0, zone: 3, name: "Movable", managed: 13768, cma: 0, free: 13747, min: 32, low: 56, high: 80, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 49151, cma: 0, free: 48362, min: 348, low: 435, high: 522, lowmem_reserve: [0, 0, 0, 488] },
      { nid: 1, zone: 3, name: "Movable", managed: 15617, cma: 0, free: 15332, min: 32, low: 59, high: 86, lowmem_reserve: [0, 0, 0, 0] },
    ],
    pressure: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 35, low: 43, high: 51, lowmem_reserve: [0, 35, 156, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9603, cma: 0, free: 9603, min: 89, low: 111, high: 133, lowmem_reserve: [0, 0, 121, 121] },
      { nid: 0, zone: 2, name: "Normal", managed: 31176, cma: 0, free: 30458, min: 291, low: 363, high: 435, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 64768, cma: 0, free: 63974, min: 606, low: 757, high: 908, lowmem_reserve: [0, 0, 0, 0] },
    ],
    cma: [
      { nid: 0, zone: 0, name: "DMA", managed: 3840, cma: 0, free: 3840, min: 35, low: 43, high: 51, lowmem_reserve: [0, 35, 156, 156] },
      { nid: 0, zone: 1, name: "DMA32", managed: 9603, cma: 0, free: 9567, min: 89, low: 111, high: 133, lowmem_reserve: [0, 0, 121, 121] },
      { nid: 0, zone: 2, name: "Normal", managed: 31176, cma: 8192, free: 29636, min: 291, low: 363, high: 435, lowmem_reserve: [0, 0, 0, 0] },
      { nid: 1, zone: 2, name: "Normal", managed: 64768, cma: 0, free: 63604, min: 606, low: 757, high: 908, lowmem_reserve: [0, 0, 0, 0] },
    ],
  },
};

export type MachineName = "ordinary" | "movable" | "pressure" | "cma";

/** Which machine a part was recorded on. */
export function machineOfPart(part: string): MachineName {
  if (part === "p4c") return "cma";
  if (part === "pz" || part.startsWith("p4")) return "movable";
  return part.startsWith("p3") ? "pressure" : "ordinary";
}
