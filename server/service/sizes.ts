import { LARGEST_ORDER, orderOfPages } from "../model/sizes.ts";

/** A size told in the other units: `4 pages, order 2`. Null where nothing is to be said. */
export function conversionText(bytes: number, pageBytes: number): string | null {
  if (!Number.isFinite(bytes) || bytes <= 0) return null;
  const pages = Math.ceil(bytes / pageBytes);
  if (pages <= 1) return null;
  if (pages > 2 ** LARGEST_ORDER) return `${pages} pages`;
  const order = orderOfPages(pages);
  return `${pages} pages, ${2 ** order === pages ? "order" : "within order"} ${order}`;
}
