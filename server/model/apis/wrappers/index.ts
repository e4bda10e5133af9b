// Written by scripts/indexes.ts: one line for each file of this folder.
import { bitmap } from "./bitmap.ts";
import { block } from "./block.ts";
import { crypto } from "./crypto.ts";
import { devm } from "./devm.ts";
import { dma } from "./dma.ts";
import { mapleTree } from "./maple-tree.ts";
import { netlink } from "./netlink.ts";
import { numbers } from "./numbers.ts";
import { pages } from "./pages.ts";
import { scatterlist } from "./scatterlist.ts";
import { skb } from "./skb.ts";
import { slabObjects } from "./slab-objects.ts";
import { slab } from "./slab.ts";
import { strings } from "./strings.ts";
import { usb } from "./usb.ts";
import { xarray } from "./xarray.ts";
import type { Wrapper } from "./wrapper.ts";

export const ALL_WRAPPERS: readonly Wrapper[] = [
  ...bitmap,
  ...block,
  ...crypto,
  ...devm,
  ...dma,
  ...mapleTree,
  ...netlink,
  ...numbers,
  ...pages,
  ...scatterlist,
  ...skb,
  ...slabObjects,
  ...slab,
  ...strings,
  ...usb,
  ...xarray,
];
