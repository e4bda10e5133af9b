import type { ParserMethod } from "chevrotain";
import type { ConfigSetting, Item, Text, Version } from "../ast.ts";
import { AS } from "../roles.ts";
import * as T from "../tokens.ts";
import { Damage } from "./damage.ts";
import { PredicateRules } from "./predicates.ts";
import { COMMA, NO_STARTS, NUMBER, types } from "./token-numbers.ts";

const DOT_DOT = T.indexOf(T.DotDot);
const SETTING_VALUES = new Set([NUMBER, ...types(T.On, T.Off)]);

/** `kernel`, `config` and `import`. */
export abstract class HeaderRules extends PredicateRules {
  private readonly version: ParserMethod<[], Version> = this.RULE("version", (): Version => {
    const first = this.OR([
      { ALT: () => this.CONSUME(T.Number_, AS.version) },
      {
        ALT: () => {
          const vendor = this.CONSUME(T.Name, AS.version);
          this.CONSUME(T.Minus);
          this.CONSUME2(T.Number_);
          return vendor;
        },
      },
    ]);
    this.CONSUME(T.Dot);
    this.OR2([{ ALT: () => this.CONSUME3(T.Number_) }, { ALT: () => this.CONSUME2(T.Name, AS.rest) }]);
    // What kernels call themselves goes on: `5.15.0-91-generic`, `3.10.0-1160.el7.x86_64`.
    this.MANY(() => {
      this.OR3([{ ALT: () => this.CONSUME2(T.Dot) }, { ALT: () => this.CONSUME2(T.Minus) }]);
      this.OR4([{ ALT: () => this.CONSUME4(T.Number_) }, { ALT: () => this.CONSUME3(T.Name, AS.rest) }]);
    });
    return { text: this.RECORDING_PHASE ? "" : this.written(first), start: this.start(first), end: this.end() };
  });

  protected readonly kernelHeader: ParserMethod<[], Item> = this.RULE("kernelHeader", (): Item => {
    const word = this.CONSUME(T.Kernel);
    const { doc } = this;
    const versions: Version[] = [];
    let range = false;
    this.keep<void>(
      () => {
        versions.push(this.SUBRULE(this.version));
        this.OPTION(() =>
          this.OR([
            {
              ALT: () => {
                this.CONSUME(T.DotDot);
                range = true;
                versions.push(this.SUBRULE2(this.version));
              },
            },
            {
              ALT: () =>
                this.AT_LEAST_ONE(() => {
                  this.CONSUME(T.Comma);
                  versions.push(this.SUBRULE3(this.version));
                }),
            },
          ]),
        );
        if (this.tolerant && (this.at(DOT_DOT) || (range && this.at(COMMA))))
          throw new Damage(
            this.peek(),
            "A header has one range, `6.1 .. 6.12`, or a list of versions, `6.1, 6.6, 6.12`.",
          );
        if (this.tolerant && this.at(NUMBER) && this.peek().indent < 0)
          throw new Damage(this.peek(), `Versions are separated by commas: write \`, ${this.peek().image}\`.`);
      },
      () => undefined,
    );
    return {
      kind: "kernel",
      doc,
      versions,
      range: range && versions.length === 2,
      start: this.start(word),
      end: this.end(),
    };
  });

  protected readonly configHeader: ParserMethod<[], Item> = this.RULE("configHeader", (): Item => {
    const word = this.CONSUME(T.Config);
    const { doc } = this;
    const settings: ConfigSetting[] = [];
    this.block("a list of build options", NO_STARTS, "a build option or `}`", () => {
      const option = this.nameOf(this.CONSUME(T.Name, AS.option));
      const value = this.keep<ConfigSetting["value"]>(
        () => {
          this.need(SETTING_VALUES, "`on`, `off` or a size");
          return this.choose<ConfigSetting["value"]>([
            {
              ALT: () => {
                this.CONSUME(T.On);
                return "on";
              },
            },
            {
              ALT: () => {
                this.CONSUME(T.Off);
                return "off";
              },
            },
            { ALT: () => this.SUBRULE(this.size, AS.optionValue) },
          ]);
        },
        () => null,
      );
      settings.push({ option, value, start: option.start, end: this.end() });
      if (this.tolerant && this.at(COMMA)) this.leaveOut();
    });
    return { kind: "config", doc, settings, start: this.start(word), end: this.end() };
  });

  protected readonly importHeader: ParserMethod<[], Item> = this.RULE("importHeader", (): Item => {
    const word = this.CONSUME(T.Import);
    const { doc } = this;
    const path = this.keepOrNull<Text>(() => this.textOf(this.CONSUME(T.String_)));
    return { kind: "import", doc, path, start: this.start(word), end: this.end() };
  });
}
