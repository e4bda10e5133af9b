import type { CachedPages, Lasts } from "../../memory/state.ts";

/** Pages of a range that someone holds. */
export interface HeldPages {
  readonly pages: number;
  readonly mapped: boolean;
  readonly lasts: Lasts;
}

/** What lies in a range of `pages` pages; what is not told is free. Every page is told once. */
export interface RangeContents {
  readonly pages: number;
  /** Pages that move when they are asked to. */
  readonly movable: number;
  /** Of these, those with a mapping. */
  readonly mapping: number;
  /** Clean page cache, given up where it lies. */
  readonly cache: number;
  readonly held: readonly HeldPages[];
  readonly unmovable: number;
  readonly hugetlb: number;
  readonly percpu: CachedPages;
  readonly lruCache: CachedPages;
}

/** Where a range is looked for. */
export type RangePlace =
  /** This is what lies in it. */
  | { readonly kind: "described"; readonly contents: RangeContents }
  /** It lies anywhere in an area (a zone, a contiguous memory area) of which this is what the whole of it holds. */
  | { readonly kind: "somewhere"; readonly area: RangeContents };
