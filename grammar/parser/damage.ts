import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";

/** Thrown at the token that cannot stand where it stands. */
export class Damage {
  readonly token: Token;
  readonly message: string;
  constructor(token: Token, message: string) {
    this.token = token;
    this.message = message;
  }
}

/** Stands for every damage where only the fact matters, not the words. */
export const NOT_VALID = new Damage(T.END, "");
