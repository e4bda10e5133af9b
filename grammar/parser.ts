import type { IOrAlt, ParserMethod } from "chevrotain";
import type { Item, Mask, Problem, Size } from "./ast.ts";
import { mend } from "./recovery.ts";
import { beginsNothing, left } from "./wording.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { Damage } from "./parser/damage.ts";
import { ExpectationRules } from "./parser/expectations.ts";
import { LCURLY, RCURLY, END, types, NO_TOKENS } from "./parser/token-numbers.ts";

const ITEM_STARTS = types(...T.ITEM_KEYWORDS);

/** What a strict parse found: the item and the index after its last token, or how far it got. */
export type StrictResult =
  | { readonly valid: true; readonly item: Item; readonly next: number }
  | { readonly valid: false; readonly seen: number };

export interface TolerantResult<Node> {
  readonly node: Node;
  readonly problems: readonly Problem[];
}

/**
 * The grammar of `.allocpolicy` in Chevrotain's rules, with actions that build the tree of `ast.ts`.
 *
 * It runs in two ways. *Strict*: on the tokens of a whole file, from a given one on; accepts one header or declaration
 * that is valid, and gives up at the first damage. *Tolerant*: on the tokens of one region that the strict way gave up
 * on; goes on after damage and says what is wrong. Damage in a property leaves the property in the tree, its value
 * missing.
 *
 * Chevrotain's own recovery stays off: it knows token types only, and what separates two mistakes here is mostly where
 * a line begins.
 */
export class AllocPolicyParser extends ExpectationRules {
  constructor() {
    super();
    this.recordGrammar();
  }

  /** Reads the header or declaration that begins at `index`; `base` is where its region starts. */
  readStrict(tokens: readonly Token[], index: number, base: number, doc: string | null): StrictResult {
    this.begin(tokens, index, base, doc);
    try {
      const item = this.item();
      return { valid: true, item, next: this.position + 1 };
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      return { valid: false, seen: this.position + 2 };
    }
  }

  /** Reads all tokens as one header or declaration, whatever is wrong with them. */
  readTolerant(tokens: readonly Token[], base: number, doc: string | null): TolerantResult<Item | null> {
    return this.readMended(tokens, base, doc, () => {
      if (!ITEM_STARTS.has(this.peek().tokenTypeIdx)) {
        this.report(this.peek(), beginsNothing(this.peek().image));
        return null;
      }
      return this.keep<Item | null>(
        () => this.item(),
        () => null,
      );
    });
  }

  /** Reads all tokens as a mask. */
  readMask(tokens: readonly Token[]): TolerantResult<Mask> {
    return this.readMended(tokens, 0, null, () =>
      this.keep<Mask>(
        () => this.mask(),
        () => this.missingMask(),
      ),
    );
  }

  /** Reads all tokens as a size. */
  readSize(tokens: readonly Token[]): TolerantResult<Size | null> {
    return this.readMended(tokens, 0, null, () =>
      this.keep<Size | null>(
        () => this.size(),
        () => null,
      ),
    );
  }

  private readMended<Node>(
    tokens: readonly Token[],
    base: number,
    doc: string | null,
    read: () => Node,
  ): TolerantResult<Node> {
    const mended = mend(tokens);
    this.begin([...mended.tokens, ...NO_TOKENS], 0, base, doc);
    this.tolerant = true;
    this.findings = mended.findings;
    let open = 0;
    for (let i = 0; i < mended.tokens.length; i++) {
      const type = mended.tokens[i]?.tokenTypeIdx;
      if (type === LCURLY) open++;
      else if (type === RCURLY) {
        open--;
        this.lastClosing = i;
      }
    }
    this.balanced = open === 0;
    const node = read();
    const rest = this.peek();
    if (rest.tokenTypeIdx !== END) this.report(rest, left(rest.image));
    this.position = tokens.length;
    this.flush(Number.POSITIVE_INFINITY);
    const problems = this.problems;
    this.begin(NO_TOKENS, 0, 0, null);
    return { node, problems };
  }

  private readonly itemKinds: IOrAlt<Item>[] = [
    { ALT: () => this.SUBRULE(this.kernelHeader) },
    { ALT: () => this.SUBRULE(this.configHeader) },
    { ALT: () => this.SUBRULE(this.importHeader) },
    { ALT: () => this.SUBRULE(this.flagsDeclaration) },
    { ALT: () => this.SUBRULE(this.flagDeclaration) },
    { ALT: () => this.SUBRULE(this.transformDeclaration) },
    { ALT: () => this.SUBRULE(this.allocatorDeclaration) },
    { ALT: () => this.SUBRULE(this.contextDeclaration) },
    { ALT: () => this.SUBRULE(this.scopeDeclaration) },
    { ALT: () => this.SUBRULE(this.requestDeclaration) },
    { ALT: () => this.SUBRULE(this.policyDeclaration) },
    { ALT: () => this.SUBRULE(this.memoryDeclaration) },
    { ALT: () => this.SUBRULE(this.expectDeclaration) },
  ];

  private readonly item: ParserMethod<[], Item> = this.RULE("item", (): Item => {
    const item = this.choose(this.itemKinds);
    this.OPTION(() => this.CONSUME(T.Semi));
    return item;
  });
}

let instance: AllocPolicyParser | null = null;

/** The one parser; made when it is first needed, since making it costs more than parsing a file. */
export function parser(): AllocPolicyParser {
  instance ??= new AllocPolicyParser();
  return instance;
}
