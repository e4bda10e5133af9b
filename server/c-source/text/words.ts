/** Words that are written side by side. */
export const words = (...lines: readonly string[]): ReadonlySet<string> => new Set(lines.join(" ").split(" "));
