/** A share, and between which shares the true one lies in 95 of 100 cases. */
export interface Share {
  readonly of: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** The quantile of the normal distribution for 95 %. */
const Z = 1.959963984540054;

/**
 * The Wilson score interval (E. B. Wilson, 1927), which holds near 0 and 1 too. With 0 of 0, everything is possible.
 */
export function wilson(count: number, of: number): Share {
  if (of === 0) return { of, count, low: 0, high: 1 };
  const share = count / of;
  const squared = (Z * Z) / of;
  const middle = (share + squared / 2) / (1 + squared);
  const reach = (Z / (1 + squared)) * Math.sqrt((share * (1 - share)) / of + squared / (4 * of));
  // At the ends the interval begins exactly there.
  const low = count === 0 ? 0 : Math.max(0, middle - reach);
  const high = count === of ? 1 : Math.min(1, middle + reach);
  return { of, count, low, high };
}

/** The value that so many of 100 values do not exceed; 0 of none. `values` is sorted here. */
export function percentile(values: Float64Array, percent: number): number {
  if (values.length === 0) return 0;
  values.sort();
  return values[Math.min(values.length - 1, Math.max(0, Math.ceil((percent / 100) * values.length) - 1))] ?? 0;
}
