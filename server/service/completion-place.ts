/**
 * Where in the grammar an offset stands, from the tokens before it. The text behind is not looked at, and the text before
 * need not be whole: completion is asked for in the middle of a sentence.
 */
export type CompletionPlace =
  | { readonly kind: "nothing" }
  /** The start of a header or declaration. */
  | { readonly kind: "item" }
  | { readonly kind: "version" }
  | { readonly kind: "option" }
  | { readonly kind: "option-value"; readonly option: string }
  /** An operand of a mask. `parameter`: of the transform around. */
  | { readonly kind: "mask"; readonly used: readonly string[]; readonly parameter: string | null }
  /** Behind a whole value: the next property of a request, and `|` where the value is a mask. */
  | { readonly kind: "property" }
  | { readonly kind: "api" }
  | { readonly kind: "unit" }
  | { readonly kind: "context" }
  | { readonly kind: "context-item" }
  | { readonly kind: "lock" }
  | { readonly kind: "scope" }
  | { readonly kind: "zone" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "cache-fact" }
  | { readonly kind: "subject"; readonly of: "request" | "policy" | "any"; readonly none: boolean }
  | { readonly kind: "memory" }
  | { readonly kind: "rule" }
  | { readonly kind: "fact"; readonly onMemory: boolean }
  | { readonly kind: "fact-value"; readonly fact: string }
  | { readonly kind: "clause" }
  | { readonly kind: "predicate" }
  | { readonly kind: "effect" }
  | { readonly kind: "effect-value"; readonly effect: string }
  | { readonly kind: "zone-fact" };

const NOTHING: CompletionPlace = { kind: "nothing" };
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\n])*(?:"|(?=\n)|$)|[A-Za-z_]\w*(?:-[A-Za-z_]\w*)*|\d[\w.]*|\.\.|[<>=]=?|[^\s]/g;

/** The place of the end of `text`, which begins where an item begins (or before it). A word that is being typed is cut off by the caller. */
export function placeAfter(text: string): CompletionPlace {
  const tokens: string[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith("//") || token.startsWith("/*")) continue;
    tokens.push(token);
  }
  return new Walk(tokens).file();
}

/** Whether the end of a text lies in a comment or a string. */
export function endsInCommentOrString(text: string): boolean {
  let last: RegExpMatchArray | undefined;
  for (const match of text.matchAll(TOKEN)) last = match;
  if (last === undefined || !text.endsWith(last[0]) || (last.index ?? 0) + last[0].length < text.length) return false;
  const [token] = last;
  if (token.startsWith("//")) return true;
  if (token.startsWith("/*")) return !(token.length >= 4 && token.endsWith("*/"));
  return token.startsWith('"') && !(token.length >= 2 && token.endsWith('"'));
}

/** Thrown where the tokens end, with what could follow. */
class End extends Error {
  readonly place: CompletionPlace;
  constructor(place: CompletionPlace) {
    super("the text ends");
    this.place = place;
  }
}

const NAME = /^[A-Za-z_]/;
const NUMBER = /^\d/;
/** Parentheses in one text, counted together. */
const MOST_DEPTH = 200;

/** One pass over the tokens, by the grammar; damage is stepped over. */
class Walk {
  readonly #tokens: readonly string[];
  #at = 0;
  #parameter: string | null = null;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  file(): CompletionPlace {
    try {
      for (;;) this.#item();
    } catch (end) {
      if (end instanceof End) return end.place;
      throw end;
    }
  }

  /** The next token; where there is none the walk ends with what was wanted here. */
  #peek(wanted: CompletionPlace): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new End(wanted);
    return token;
  }

  #next(wanted: CompletionPlace): string {
    const token = this.#peek(wanted);
    this.#at += 1;
    return token;
  }

  #take(token: string, wanted: CompletionPlace): boolean {
    if (this.#peek(wanted) !== token) return false;
    this.#at += 1;
    return true;
  }

  #item(): void {
    this.#parameter = null;
    const keyword = this.#next({ kind: "item" });
    switch (keyword) {
      case "kernel":
        do this.#next({ kind: "version" });
        while (this.#take("..", { kind: "item" }) || this.#take(",", { kind: "item" }));
        return;
      case "config":
        this.#block({ kind: "option" }, (option) => {
          const value = this.#next({ kind: "option-value", option });
          if (NUMBER.test(value)) this.#unit();
        });
        return;
      case "import":
        this.#next(NOTHING);
        return;
      case "flags":
        this.#name();
        if (this.#take("=", { kind: "words", words: ["="] })) this.#mask({ kind: "item" });
        return;
      case "transform":
        this.#name();
        if (this.#take("(", NOTHING)) {
          this.#parameter = this.#next(NOTHING);
          this.#take(")", NOTHING);
        }
        if (this.#take("=", { kind: "words", words: ["="] })) this.#mask({ kind: "item" });
        return;
      case "context":
        this.#head({ kind: "context" });
        this.#block({ kind: "context-item" }, (word) => this.#contextItem(word));
        return;
      case "request":
        this.#head({ kind: "subject", of: "request", none: false });
        this.#block({ kind: "property" }, (word) => this.#property(word));
        return;
      case "policy":
        this.#policy();
        return;
      case "memory":
        this.#memory();
        return;
      case "expect":
        this.#expect();
        return;
      default:
        return;
    }
  }

  #name(): void {
    this.#next(NOTHING);
  }

  /** `NAME [like NAME]` */
  #head(like: CompletionPlace): void {
    this.#name();
    if (this.#take("like", { kind: "words", words: ["like", "{"] })) this.#next(like);
  }

  /** `{ … }`, with `each` for what a word begins. */
  #block(inside: CompletionPlace, each: (word: string) => void): void {
    if (!this.#take("{", { kind: "words", words: ["{"] })) return;
    for (;;) {
      const word = this.#next(inside);
      if (word === "}") return;
      if (NAME.test(word)) each(word);
    }
  }

  #unit(): void {
    if (/^(?:[KMG](?:iB)?|B)$/.test(this.#peek({ kind: "unit" }))) this.#at += 1;
  }

  /** Nothing is offered in what nobody writes: a walk into deep nesting ends. */
  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) throw new End(NOTHING);
  }

  /** `then`: what stands behind a whole mask. */
  #mask(then: CompletionPlace): void {
    const used: string[] = [];
    this.#operands(used, then);
  }

  #operands(used: string[], then: CompletionPlace): void {
    for (;;) {
      const wanted: CompletionPlace = { kind: "mask", used, parameter: this.#parameter };
      while (this.#take("~", wanted));
      const operand = this.#peek(wanted);
      if (operand === "(") {
        this.#at += 1;
        this.#deeper();
        this.#operands(used, { kind: "words", words: ["|", "&", ")"] });
        this.#take(")", then);
      } else if (NAME.test(operand) || NUMBER.test(operand)) {
        this.#at += 1;
        used.push(operand);
        if (NAME.test(operand) && this.#tokens[this.#at] === "(") {
          this.#at += 1;
          this.#deeper();
          this.#operands(used, { kind: "words", words: ["|", "&", ")"] });
          this.#take(")", then);
        }
      } else return;
      if (!this.#take("|", then) && !this.#take("&", then)) return;
    }
  }

  #masks(then: CompletionPlace): void {
    do this.#mask(then);
    while (this.#take(",", then));
  }

  #contextItem(word: string): void {
    switch (word) {
      case "in":
        this.#next({ kind: "context" });
        return;
      case "holds":
        this.#next({ kind: "lock" });
        if (this.#peek({ kind: "context-item" }).startsWith('"')) this.#at += 1;
        return;
      case "scope":
        do this.#next({ kind: "scope" });
        while (this.#take(",", { kind: "context-item" }));
        return;
    }
  }

  #property(word: string): void {
    const then: CompletionPlace = { kind: "property" };
    switch (word) {
      case "api":
        this.#next({ kind: "api" });
        return;
      case "size":
        this.#next(NOTHING);
        this.#unit();
        return;
      case "order":
      case "pages":
      case "count":
        this.#next(NOTHING);
        return;
      case "flags":
        this.#mask(then);
        return;
      case "context":
        this.#next({ kind: "context" });
        return;
      case "node":
        this.#next({ kind: "words", words: ["any"] });
        return;
      case "zone":
        this.#next({ kind: "zone" });
        return;
      case "cache":
        this.#block({ kind: "cache-fact" }, (fact) => {
          if (fact !== "size") return;
          this.#next(NOTHING);
          this.#unit();
        });
        return;
      case "handles":
        this.#next({ kind: "words", words: ["null", "nothing"] });
        return;
      case "fallback":
        this.#next({ kind: "subject", of: "request", none: true });
        return;
      case "policy":
        do this.#next({ kind: "subject", of: "policy", none: false });
        while (this.#take(",", then));
        return;
      case "expect":
        this.#facts(false);
        return;
      case "waive":
        this.#next({ kind: "rule" });
        this.#because(then, true);
        return;
    }
  }

  #because(then: CompletionPlace, needed: boolean): void {
    if (this.#take("because", needed ? { kind: "words", words: ["because"] } : then)) this.#next(NOTHING);
  }

  #facts(onMemory: boolean): void {
    this.#block({ kind: "fact", onMemory }, (fact) => {
      const value = this.#peek({ kind: "fact-value", fact });
      if (NAME.test(value) || NUMBER.test(value)) this.#at += 1;
      this.#take(",", { kind: "words", words: [",", "}"] });
    });
  }

  #policy(): void {
    this.#name();
    const head: CompletionPlace = { kind: "words", words: ["for", "like", "{"] };
    if (this.#take("like", head)) this.#next({ kind: "subject", of: "policy", none: false });
    if (this.#take("for", head)) {
      do this.#next({ kind: "api" });
      while (this.#take(",", { kind: "words", words: ["{"] }));
    }
    this.#block({ kind: "clause" }, (word) => this.#clause(word));
  }

  #clause(word: string): void {
    const then: CompletionPlace = { kind: "clause" };
    switch (word) {
      case "allow":
      case "forbid":
      case "warn":
        this.#predicate({ kind: "words", words: ["and", "or", "because"] });
        this.#because(then, false);
        return;
      case "require":
        this.#predicate({ kind: "words", words: ["and", "or", "when"] });
        if (this.#take("when", { kind: "words", words: ["when"] }))
          this.#predicate({ kind: "words", words: ["and", "or", "because"] });
        this.#because(then, false);
        return;
      case "ignore":
        this.#masks({ kind: "words", words: ["because"] });
        this.#because(then, false);
        return;
      case "mode":
        this.#name();
        if (this.#take("when", { kind: "words", words: ["when", "otherwise"] }))
          this.#predicate({ kind: "words", words: ["and", "or", "{"] });
        else this.#take("otherwise", NOTHING);
        this.#block({ kind: "effect" }, (effect) => {
          const wanted: CompletionPlace = { kind: "effect-value", effect };
          do this.#next(wanted);
          while (this.#take("|", { kind: "words", words: ["|", ",", "}"] }));
          this.#take(",", { kind: "words", words: [",", "}"] });
        });
        return;
      case "stage":
        this.#name();
        if (this.#take("honours", { kind: "words", words: ["honours"] }))
          this.#masks({ kind: "words", words: ["internal"] });
        this.#take("internal", then);
        return;
    }
  }

  /** `then`: what stands behind a whole predicate. */
  #predicate(then: CompletionPlace): void {
    for (;;) {
      while (this.#take("not", { kind: "predicate" }));
      const test = this.#peek({ kind: "predicate" });
      switch (test) {
        case "(":
          this.#at += 1;
          this.#deeper();
          this.#predicate({ kind: "words", words: ["and", "or", ")"] });
          this.#take(")", then);
          break;
        case "has":
        case "any":
        case "lacks":
        case "only":
        case "is":
          this.#at += 1;
          this.#mask(then);
          break;
        case "in":
          this.#at += 1;
          this.#next({ kind: "context" });
          break;
        case "order":
        case "size":
        case "pages":
          this.#at += 1;
          this.#next({ kind: "words", words: ["<", "<=", ">", ">=", "=="] });
          this.#next(NOTHING);
          if (test === "size") this.#unit();
          break;
        case "sleeps":
        case "may_oom":
        case "may_fail":
          this.#at += 1;
          break;
        default:
          return;
      }
      if (!this.#take("and", then) && !this.#take("or", then)) return;
    }
  }

  #memory(): void {
    this.#name();
    if (this.#take("from", { kind: "words", words: ["{", "from"] })) {
      this.#next(NOTHING);
      return;
    }
    this.#block({ kind: "words", words: ["node"] }, () => {
      this.#next(NOTHING);
      this.#block({ kind: "words", words: ["zone"] }, () => {
        this.#next({ kind: "zone" });
        this.#block({ kind: "zone-fact" }, (fact) => this.#zoneFact(fact));
      });
    });
  }

  #zoneFact(fact: string): void {
    const then: CompletionPlace = { kind: "zone-fact" };
    if (fact === "free") {
      do {
        this.#take("order", { kind: "words", words: ["order"] });
        this.#next(NOTHING);
        this.#take(":", { kind: "words", words: [":"] });
        this.#next(NOTHING);
      } while (this.#take(",", then));
    } else if (fact === "watermarks") {
      do {
        this.#next({ kind: "words", words: ["min", "low", "high"] });
        this.#amount();
      } while (this.#take(",", then));
    } else this.#amount();
  }

  #amount(): void {
    this.#next(NOTHING);
    if (!this.#take("pages", { kind: "unit" })) this.#unit();
  }

  #expect(): void {
    this.#next({ kind: "subject", of: "any", none: false });
    const forms: CompletionPlace = {
      kind: "words",
      words: ["{", "on", "forbids", "allows", "within", "when", "gives"],
    };
    switch (this.#peek(forms)) {
      case "{":
        this.#facts(false);
        return;
      case "on":
        this.#at += 1;
        this.#next({ kind: "memory" });
        this.#facts(true);
        return;
      case "forbids":
      case "allows":
        this.#at += 1;
        this.#mask({ kind: "item" });
        return;
      case "within":
        this.#at += 1;
        this.#next({ kind: "subject", of: "policy", none: false });
        return;
      case "when":
        this.#at += 1;
        this.#predicate({ kind: "words", words: ["and", "or", "gives"] });
        if (this.#take("gives", { kind: "words", words: ["gives"] })) this.#predicate({ kind: "item" });
        return;
      case "gives":
        this.#at += 1;
        this.#predicate({ kind: "item" });
        return;
      default:
        return;
    }
  }
}
