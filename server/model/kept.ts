/** What is computed from objects, kept beside them for as long as they are there. */
export interface Kept<Key extends object, Value> {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
}

const letGo: (() => void)[] = [];

/** Keeps what is computed from objects of one kind, until `letAllGo` is called. */
export function kept<Key extends object, Value>(): Kept<Key, Value> {
  let values = new WeakMap<Key, Value>();
  letGo.push(() => {
    values = new WeakMap();
  });
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.set(key, value);
    },
  };
}

/**
 * What `known` has for a key, made when it is asked for first. To set again what is there costs several times what it
 * costs to look it up.
 */
export function madeOnce<Key, Made>(
  known: { readonly get: (key: Key) => Made | undefined; readonly set: (key: Key, made: Made) => unknown },
  key: Key,
  make: (key: Key) => Made,
): Made {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  known.set(key, made);
  return made;
}

/**
 * What is made of an object when it is asked for first, and kept.
 * @param known where: `kept()` where it goes with what was computed of one file
 */
export function keptFor<Of extends object, Made>(
  make: (of: Of) => Made,
  known: Kept<Of, Made> = new WeakMap(),
): (of: Of) => Made {
  return (of) => madeOnce(known, of, make);
}

/**
 * Keeps nothing of all that was computed so far. To be called by who is done with the objects: V8 carries what a large
 * map keeps from one sweep of young objects to the next, though nobody has its key any more.
 */
export function letAllGo(): void {
  for (const one of letGo) one();
}
