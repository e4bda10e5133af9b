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
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const like =
      this.OPTION(() => {
        this.CONSUME(T.Like);
        return this.keep<NameNode | null>(
          () => this.nameOf(this.CONSUME2(T.Name, AS.context)),
          () => null,
        );
      }) ?? null;
    const items: ContextItem[] = [];
    this.open(() => this.CONSUME(T.LCurly), "what the context is");
    this.items(this.first.contextItem, "`in`, `holds`, `scope`, `for`, `between` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          items.push(this.SUBRULE(this.contextItem));
          this.OPTION2(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return { kind: "context", doc, name, like, items, start: this.start(word), end: this.end() };
  });

  private readonly contextItem: ParserMethod<[], ContextItem> = this.RULE(
    "contextItem",
    (): ContextItem =>
      this.choose<ContextItem>([
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.In));
            const context = this.keep<NameNode | null>(
              () => this.nameOrNothing(() => this.CONSUME(T.Name, AS.context)),
              () => null,
            );
            return { kind: "in", context, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Holds));
            const lock = this.keep<NameNode | null>(
              () => this.nameOrNothing(() => this.CONSUME2(T.Name, AS.lock)),
              () => null,
            );
            const label = this.OPTION(() => this.textOf(this.CONSUME(T.String_))) ?? null;
            return { kind: "holds", lock, label, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Scope));
            const scopes = this.keep<NameNode[]>(
              () => this.SUBRULE(this.names, AS.scope),
              () => [],
            );
            return { kind: "scope", scopes, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.For));
            const functions = this.keep<(NameNode | Text)[]>(
              () => this.SUBRULE(this.functions),
              () => [],
            );
            return { kind: "for", functions, start, end: this.end() };
          },
        },
        {
          ALT: () => {
            const start = this.start(this.CONSUME(T.Between));
            let takes: NameNode | null = null;
            const gives = this.keep<NameNode | null>(
              () => {
                takes = this.nameOf(this.CONSUME3(T.Name, AS.declared));
                this.CONSUME(T.And);
                return this.nameOf(this.CONSUME4(T.Name, AS.declared));
              },
              () => null,
            );
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
    const name = this.declared(() => this.CONSUME(T.Name, AS.declared));
    const items: ScopeItem[] = [];
    this.open(() => this.CONSUME(T.LCurly), "what the scope does to a mask");
    this.items(this.first.scopeItem, "`clears`, `adds` or `}`", () =>
      this.MANY(() =>
        this.settled(() => {
          items.push(this.SUBRULE(this.scopeItem));
          this.OPTION(() => this.CONSUME(T.Semi));
        }),
      ),
    );
    this.close(() => this.CONSUME(T.RCurly));
    return { kind: "scope", doc, name, items, start: this.start(word), end: this.end() };
  });

  private readonly scopeItem: ParserMethod<[], ScopeItem> = this.RULE("scopeItem", (): ScopeItem => {
    const word = this.choose<IToken>([{ ALT: () => this.CONSUME(T.Clears) }, { ALT: () => this.CONSUME(T.Adds) }]);
    const start = this.start(word);
    const mask = this.keepMask(() => this.SUBRULE(this.mask));
    return { kind: word.image === "adds" ? "adds" : "clears", mask, start, end: this.end() };
  });
}
