import type { ParserMethod } from "chevrotain";
import type { Item, Mask, Name as NameNode } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { HeaderRules } from "./headers.ts";

/** `flags`, `flag`, `transform` and `allocator`. */
export abstract class FlagRules extends HeaderRules {
  protected readonly flagsDeclaration: ParserMethod<[], Item> = this.RULE("flagsDeclaration", (): Item => {
    const word = this.CONSUME(T.Flags);
    const { doc } = this;
    const name = this.declared();
    const value = this.keepMask(() => {
      this.CONSUME(T.Equals);
      return this.SUBRULE(this.mask);
    });
    return { kind: "flags", doc, name, value, start: this.start(word), end: this.end() };
  });

  protected readonly flagDeclaration: ParserMethod<[], Item> = this.RULE("flagDeclaration", (): Item => {
    const word = this.CONSUME(T.Flag);
    const { doc } = this;
    const name = this.declared();
    return { kind: "flag", doc, name, start: this.start(word), end: this.end() };
  });

  protected readonly transformDeclaration: ParserMethod<[], Item> = this.RULE("transformDeclaration", (): Item => {
    const word = this.CONSUME(T.Transform);
    const { doc } = this;
    const name = this.declared();
    let parameter: NameNode | null = null;
    const body = this.keepMask(() => {
      this.CONSUME(T.LParen);
      parameter = this.nameOf(this.CONSUME2(T.Name, AS.declared));
      this.CONSUME(T.RParen);
      this.CONSUME(T.Equals);
      return this.SUBRULE(this.mask);
    });
    return { kind: "transform", doc, name, parameter, body, start: this.start(word), end: this.end() };
  });

  protected readonly allocatorDeclaration: ParserMethod<[], Item> = this.RULE("allocatorDeclaration", (): Item => {
    const word = this.CONSUME(T.Allocator);
    const { doc } = this;
    const name = this.declared();
    let parameters: NameNode[] = [];
    let callee: NameNode | null = null;
    const given = this.keepList<Mask>(() => {
      this.CONSUME(T.LParen);
      parameters = this.OPTION(() => this.SUBRULE(this.names, AS.declared)) ?? [];
      this.CONSUME(T.RParen);
      this.CONSUME(T.Equals);
      callee = this.nameOf(this.CONSUME2(T.Name, AS.api));
      this.CONSUME2(T.LParen);
      const masks = this.OPTION2(() => this.SUBRULE(this.masks)) ?? [];
      this.CONSUME2(T.RParen);
      return masks;
    });
    return {
      kind: "allocator",
      doc,
      name,
      parameters,
      callee,
      arguments: given,
      start: this.start(word),
      end: this.end(),
    };
  });
}
