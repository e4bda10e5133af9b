/** What is computed from objects, kept with them for as long as they are there. */
export interface Kept<Key extends object, Value> {
  readonly has: (key: Key) => boolean;
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
}

/** Makes nothing new: whoever extends it adds private fields to the object that it is given. */
class Itself {
  constructor(key: object) {
    // biome-ignore lint/correctness/noConstructorReturn: no other way adds a private field to what is there already.
    return key;
  }
}

/**
 * Keeps what is computed from objects of one kind in the objects themselves, where only `get` and `set` see it: no
 * copy, comparison or JSON of the object has it. A `WeakMap` does the same and is several times slower, above all
 * because V8 carries what a long-lived one keeps from one sweep of young objects to the next, though nobody has the key
 * any more. To be called once for each kind, when the program is loaded.
 */
export function kept<Key extends object, Value>(): Kept<Key, Value> {
  class Keeping extends Itself {
    #value: Value;

    constructor(key: Key, value: Value) {
      super(key);
      this.#value = value;
    }

    static has(key: Key): boolean {
      return #value in key;
    }

    static get(key: Key): Value | undefined {
      return #value in key ? key.#value : undefined;
    }

    static set(key: Key, value: Value): void {
      if (#value in key) key.#value = value;
      else new Keeping(key, value);
    }
  }
  return Keeping;
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
 * @param known where: `kept()` for a function of which there is one
 */
export function keptFor<Of extends object, Made>(
  make: (of: Of) => Made,
  known: Kept<Of, Made> = new WeakMap(),
): (of: Of) => Made {
  return (of) => madeOnce(known, of, make);
}
