import * as T from "../tokens.ts";
import type { Token } from "../tokens.ts";

/** What mends it: a text in place of the token. */
export interface TokenFix {
  readonly title: string;
  readonly text: string;
}

/** Thrown at the token that cannot stand where it stands. */
export class Damage {
  readonly token: Token;
  readonly message: string;
  readonly fix: TokenFix | undefined;
  constructor(token: Token, message: string, fix?: TokenFix) {
    this.token = token;
    this.message = message;
    this.fix = fix;
  }
}

/** Stands for every damage where only the fact matters, not the words. */
export const NOT_VALID = new Damage(T.END, "");
