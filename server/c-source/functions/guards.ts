import type { Guard } from "./state.ts";

const FALSE = /^(?:false|0|0x0+|NULL|\(void \*\)0)$/;
const TRUE = /^(?:true|[1-9]\d*|0x[0-9a-fA-F]*[1-9a-fA-F][0-9a-fA-F]*)$/;
const CONSTANT = /^(?:[A-Z][A-Z0-9_]*|-?\d+|0x[0-9a-fA-F]+|true|false)$/;

/** Whether a test of a parameter holds for what it is on a way; null: that is not known. */
export function guardHolds(guard: Guard, bindings: Readonly<Record<string, string>>): boolean | null {
  const value = Object.hasOwn(bindings, guard.name) ? bindings[guard.name] : undefined;
  if (value === undefined) return null;
  switch (guard.is) {
    case "true":
      return FALSE.test(value) ? false : TRUE.test(value) ? true : null;
    case "false":
      return FALSE.test(value) ? true : TRUE.test(value) ? false : null;
    case "equal":
      return value === guard.value ? true : CONSTANT.test(guard.value) ? false : null;
    case "unequal":
      return value === guard.value ? false : CONSTANT.test(guard.value) ? true : null;
    case "set":
      return hasBit(value, guard.value);
    case "clear": {
      const is = hasBit(value, guard.value);
      return is === null ? null : !is;
    }
  }
}

/** Of `A | B` with names of bits; null: it can be either. */
function hasBit(value: string, bit: string): boolean | null {
  if (FALSE.test(value)) return false;
  if (/\d$|^(?:0x)?\d/.test(value)) return null;
  return value.split("|").some((one) => one.trim() === bit);
}

const ABOUT_SLEEPING = /sleep|atomic|block|wait|gfp|sync|irq|can_|locked/i;

/** A parameter is asked that can say whether sleeping is allowed, and nobody knows what it is. */
export const isOpenGuard = (guard: Guard, bindings: Readonly<Record<string, string>>): boolean =>
  ABOUT_SLEEPING.test(guard.name) && guardHolds(guard, bindings) === null;

/** An argument that is the same whenever the call is made: what a parameter is bound to. */
export const isConstant = (text: string): boolean =>
  CONSTANT.test(text) || /^[A-Z][A-Z0-9_]*(?:\s*\|\s*[A-Z][A-Z0-9_]*)+$/.test(text);
