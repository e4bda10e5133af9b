import type { ParserMethod } from "chevrotain";
import type { Amount, Duration, Fact, Name as NameNode, Numeral, Size, SizeUnit, Time, TimeUnit } from "../ast.ts";
import { TIME_UNITS } from "../memory-facts.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { BlockParser } from "./blocks.ts";
import { NUMBER, NAMES } from "./token-numbers.ts";

/** Numbers with their units, and lists of names and of facts. */
export abstract class ValueRules extends BlockParser {
  protected readonly names: ParserMethod<[], NameNode[]> = this.RULE("names", (): NameNode[] => {
    const names: NameNode[] = [];
    this.need(NAMES, "a name");
    this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => names.push(this.nameOf(this.CONSUME(T.Name))) });
    return names;
  });

  protected readonly size: ParserMethod<[], Size> = this.RULE("size", (): Size => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    const unit = this.OPTION(() => this.CONSUME(T.Unit));
    if (this.tolerant) this.checkSize();
    return { number, unit: unit === undefined ? null : unitOf(unit.image), start: number.start, end: this.end() };
  });

  /** What people write for a size and the language does not have. */
  private checkSize(): void {
    const token = this.peek();
    if (token.indent >= 0) return;
    if (token.image === "." && this.peek(2).tokenTypeIdx === NUMBER) {
      this.report(token, "A size is a whole number: write it in a smaller unit.");
      this.position += 2;
      if (NAMES.has(this.peek().tokenTypeIdx) && this.peek().indent < 0) this.position++;
      return;
    }
    const unit = meantUnit(token.image);
    if (unit === null || !NAMES.has(token.tokenTypeIdx)) return;
    this.report(token, `\`${token.image}\` is no unit: write \`${unit}\`.`, { title: `Write ${unit}`, text: unit });
    this.position++;
  }

  protected readonly amount: ParserMethod<[], Amount> = this.RULE("amount", (): Amount => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    let unit: SizeUnit | null = null;
    let pages = false;
    this.OPTION(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.Pages);
            pages = true;
          },
        },
        {
          ALT: () => {
            unit = unitOf(this.CONSUME(T.Unit).image);
          },
        },
      ]),
    );
    if (this.tolerant) this.checkSize();
    const { start } = number;
    const end = this.end();
    return pages
      ? { kind: "pages", number, start, end }
      : { kind: "size", size: { number, unit, start, end }, start, end };
  });

  private readonly fact: ParserMethod<[], Fact> = this.RULE("fact", (): Fact => {
    const name = this.nameOf(this.CONSUME(T.Name, AS.fact));
    let value: NameNode | Numeral | null = null;
    let share: Numeral | null = null;
    this.OPTION({
      GATE: () => !this.tolerant || this.peek().indent < 0,
      DEF: () =>
        this.OR([
          {
            ALT: () => {
              this.CONSUME(T.In);
              share = this.SUBRULE(this.share);
            },
          },
          {
            ALT: () => {
              value = this.nameOf(this.CONSUME2(T.Name, AS.factValue));
            },
          },
          {
            ALT: () => {
              value = this.numeralOf(this.CONSUME(T.Number_, AS.factValue));
            },
          },
        ]),
    });
    return { name, value, share, start: name.start, end: this.end() };
  });

  /** `95 %` */
  protected readonly share: ParserMethod<[], Numeral> = this.RULE("share", (): Numeral => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    this.CONSUME(T.Percent);
    return number;
  });

  protected readonly time: ParserMethod<[], Time> = this.RULE("time", (): Time => {
    const number = this.numeralOf(this.CONSUME(T.Number_));
    const unit = timeUnitOf(this.CONSUME(T.TimeUnit).image);
    return { number, unit, start: number.start, end: this.end() };
  });

  /** Behind `for`. */
  protected readonly duration: ParserMethod<[], Duration> = this.RULE("duration", (): Duration => {
    const start = this.start(this.peek());
    return this.choose<Duration>([
      {
        ALT: () => {
          this.CONSUME(T.Ever);
          return { kind: "ever", start, end: this.end() };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.About);
          const time = this.SUBRULE(this.time);
          return { kind: "about", time, start, end: this.end() };
        },
      },
      {
        ALT: () => {
          const from = this.SUBRULE2(this.time);
          const to = this.OPTION(() => {
            this.CONSUME(T.DotDot);
            return this.SUBRULE3(this.time);
          });
          return to === undefined
            ? { kind: "exactly", time: from, start, end: this.end() }
            : { kind: "between", from, to, start, end: this.end() };
        },
      },
    ]);
  });

  protected readonly facts: ParserMethod<[], Fact[]> = this.RULE("facts", (): Fact[] => {
    const facts: Fact[] = [];
    this.open("a list of facts");
    this.listed("a fact or `}`", "Facts", () => {
      facts.push(this.SUBRULE(this.fact));
    });
    return facts;
  });
}

function timeUnitOf(text: string): TimeUnit {
  return TIME_UNITS.find((unit) => unit === text) ?? "tries";
}

function unitOf(text: string): SizeUnit | null {
  return T.UNITS.find((unit) => unit === text) ?? null;
}

/** The unit that `text` is meant to be, if it looks like one: `kB`, `mb`, `kib`. */
function meantUnit(text: string): SizeUnit | null {
  const match = /^(?:([kmg])(i?b|i)?|(b)(?:ytes?)?)$/i.exec(text);
  if (match === null) return null;
  if (match[3] !== undefined) return "B";
  return unitOf(`${(match[1] ?? "").toUpperCase()}iB`);
}
