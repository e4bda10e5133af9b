import type { IToken, ParserMethod } from "chevrotain";
import type { ContextItem, Item, Name as NameNode, ScopeItem, Text } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { FlagRules } from "./flags.ts";

/** `context` and `scope`. */
export abstract class ContextRules extends FlagRules {
  protected readonly contextDeclaration: ParserMethod<[], Item> = this.RULE("contextDeclaration", (): Item => {
    const word = this.CONSUME(T.Context);
    const { doc } = this;
    const name = this.declared();
    const like = this.like(AS.context);
    const items: ContextItem[] = [];
    this.block("what the context is", this.first.contextItem, "`in`, `holds`, `scope`, `for`, `between` or `}`", () => {
      items.push(this.SUBRULE(this.contextItem));
    });
    return { kind: "context", doc, name, like, items, start: this.start(word), end: this.end() };
  });

  private readonly contextItem: ParserMethod<[], ContextItem> = this.RULE(
    "contextItem",
    (): ContextItem =>
      this.choose<ContextItem>([
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.In));
            const context = this.keepOrNull<NameNode>(() => this.nameOrNothing(() => this.CONSUME(T.Name, AS.context)));
            return { kind: "in", context, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Holds));
            const lock = this.keepOrNull<NameNode>(() => this.nameOrNothing(() => this.CONSUME2(T.Name, AS.lock)));
            const label = this.OPTION(() => this.textOf(this.CONSUME(T.String_))) ?? null;
            return { kind: "holds", lock, label, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Scope));
            const scopes = this.keepList<NameNode>(() => this.SUBRULE(this.names, AS.scope));
            return { kind: "scope", scopes, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.For));
            const functions = this.keepList<NameNode | Text>(() => this.SUBRULE(this.functions));
            return { kind: "for", functions, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Between));
            let takes: NameNode | null = null;
            const gives = this.keepOrNull<NameNode>(() => {
              takes = this.nameOf(this.CONSUME3(T.Name, AS.declared));
              this.CONSUME(T.And);
              return this.nameOf(this.CONSUME4(T.Name, AS.declared));
            });
            return { kind: "between", takes, gives, start, end: this.end() };
          },
        },
      ]),
  );

  private readonly functions: ParserMethod<[], (NameNode | Text)[]> = this.RULE(
    "functions",
    (): (NameNode | Text)[] => {
      const functions: (NameNode | Text)[] = [];
      this.AT_LEAST_ONE_SEP({
        SEP: T.Comma,
        DEF: () =>
          functions.push(
            this.choose<NameNode | Text>([
              { ALT: () => this.nameOf(this.CONSUME(T.Name, AS.declared)) },
              { ALT: () => this.textOf(this.CONSUME(T.String_)) },
            ]),
          ),
      });
      return functions;
    },
  );

  protected readonly scopeDeclaration: ParserMethod<[], Item> = this.RULE("scopeDeclaration", (): Item => {
    const word = this.CONSUME(T.Scope);
    const { doc } = this;
    const name = this.declared();
    const items: ScopeItem[] = [];
    this.block("what the scope does to a mask", this.first.scopeItem, "`clears`, `adds` or `}`", () => {
      items.push(this.SUBRULE(this.scopeItem));
    });
    return { kind: "scope", doc, name, items, start: this.start(word), end: this.end() };
  });

  private readonly scopeItem: ParserMethod<[], ScopeItem> = this.RULE("scopeItem", (): ScopeItem => {
    const word = this.choose<IToken>([{ ALT: () => this.CONSUME(T.Clears) }, { ALT: () => this.CONSUME(T.Adds) }]);
    const start = this.start(word);
    const mask = this.keepMask(() => this.SUBRULE(this.mask));
    return { kind: word.image === "adds" ? "adds" : "clears", mask, start, end: this.end() };
  });
}
