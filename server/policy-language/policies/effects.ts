/** How often, as a mode promises it: of `rarely`, `may` and `often` the model knows that they are neither end. */
const HOW_OFTEN = ["never", "rarely", "may", "often", "always"] as const;

/**
 * What a mode of a policy may promise, and the values that each promise takes: words, or a whole number. `joined`: more
 * than one, with `|`.
 */
export const EFFECT_WORDS = {
  sleeps: { words: HOW_OFTEN },
  reclaim: { words: ["none", "kswapd", "direct"] },
  compaction: { words: HOW_OFTEN },
  drain: { words: ["none", "lru", "pcp"], joined: true },
  pcp: { words: ["disabled", "enabled", "drained"] },
  retries: { words: [], number: true },
  oom: { words: HOW_OFTEN },
  fails: { words: HOW_OFTEN },
  warns: { words: HOW_OFTEN },
  zeroed: { words: HOW_OFTEN },
  node: { words: ["any"], number: true },
} as const satisfies Readonly<
  Record<string, { readonly words: readonly string[]; readonly number?: true; readonly joined?: true }>
>;

export type EffectName = keyof typeof EFFECT_WORDS;

export function isEffectName(name: string): name is EffectName {
  return Object.hasOwn(EFFECT_WORDS, name);
}
