import { datedFindings } from "../../rules/bare-request.ts";
import { releasesAround, type SaidInReleases } from "../../rules/releases.ts";
import { alikeRequest } from "../../model/alike-requests.ts";
import { madeOnce } from "../../model/kept.ts";
import { flagsIn } from "../../model/masks/names.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { simulate } from "../../model/simulate.ts";
import { verdict } from "../../model/verdict.ts";
import { jsonText } from "../../service/visible.ts";
import { outcomeFields, verdictFields } from "./answer-fields.ts";
import { messageOf, objectFrom, parseJson, type Fields } from "./json-fields.ts";
import { KeptLately } from "./kept-lately.ts";
import { askedIn, type Question } from "./question.ts";

/** An `id` that stands first and is a plain word or number: the rest of the line is what is asked. */
const FIRST_ID = /^\s*\{\s*"id"\s*:\s*(0|-?[1-9]\d{0,14}|"[ !#-[\]-~]*")\s*,\s*(?=")/;

/** What is kept of answers, by line and by what is asked, in UTF-16 units each: scripts ask the same over and over. */
const MOST_KEPT = 64 * 1024 * 1024;
/** What is kept of releases, in answers and the units of their keys. */
const MOST_OF_RELEASES = 16 * 1024 * 1024;

/**
 * Answers lines of JSON: each with a verdict, or an error that says what is wrong with the line. What was asked before
 * is answered from memory, which has a bound.
 */
export class LineAnswers {
  /** By the line without its `id`: the answer without `{` and `id`. */
  readonly #known = new KeptLately<string>(MOST_KEPT, (text) => text.length);
  /** By the requests that come to the same. */
  readonly #alike = new KeptLately<string>(MOST_KEPT, (text) => text.length);
  /** By the request without its kernel. */
  readonly #said = new KeptLately<SaidInReleases>(MOST_OF_RELEASES, () => 256);

  /** Whether the answer is there without work. */
  isKnown(line: string): boolean {
    const [, question] = partsOf(line);
    return this.#known.get(question) !== undefined;
  }

  /** The answer as JSON, in one line. */
  answer(line: string): string {
    const [id, question] = partsOf(line);
    const known = this.#known.get(question);
    if (known !== undefined) return withId(id, known);
    const input = inputFrom(question);
    if ("error" in input || input.id === undefined) return withId(id, this.#answered(question, input));
    // Its id stands elsewhere, or it has two, and the last one counts.
    const { id: own, ...rest } = input.fields;
    return withId(jsonText(own), this.#answered(JSON.stringify(rest), { fields: rest, id: undefined }));
  }

  #answered(question: string, input: Input): string {
    const known = this.#known.get(question);
    if (known !== undefined) return known;
    const { text, isNew } = this.#answerTo(input);
    // What is like another line is answered as fast as it is looked up.
    if (isNew) this.#known.set(question, text);
    return text;
  }

  #answerTo(input: Input): AnswerText {
    if ("error" in input) return { text: jsonText(input).slice(1), isNew: true };
    try {
      const asked = askedIn(input.fields);
      const { assumed } = asked;
      const { text, isNew } = this.#textOf(asked);
      return assumed === null ? { text, isNew } : { text: `"assumed":${jsonText(assumed)},${text}`, isNew };
    } catch (error) {
      return { text: jsonText({ error: messageOf(error) }).slice(1), isNew: true };
    }
  }

  #textOf(asked: Question): AnswerText {
    const key = keyOf(asked);
    if (key === null) return { text: jsonText(answer(asked)).slice(1), isNew: true };
    const keyHere = `${numberOf(asked.kernel)} ${asked.request.mask} ${key}`;
    const known = this.#alike.get(keyHere);
    if (known !== undefined) return { text: known, isNew: false };
    const text = jsonText(answer(asked, () => this.#saidOf(asked, key))).slice(1);
    this.#alike.set(keyHere, text);
    return { text, isNew: true };
  }

  #saidOf(asked: Question, key: string): SaidInReleases {
    const { kernels } = releasesAround(asked.kernel);
    return madeOnce(this.#said, `${numberOf(kernels)} ${flagsOfNumber(asked)} ${key}`, () => []);
  }
}

/** A line in its `id`, if it begins with one, and what is asked. */
function partsOf(line: string): readonly [id: string | null, question: string] {
  const found = FIRST_ID.exec(line);
  return found === null ? [null, line] : [found[1] ?? "", `{${line.slice(found[0].length)}`];
}

/** @param text an answer without `{` and `id` */
function withId(id: string | null, text: string): string {
  return id === null ? `{${text}` : `{"id":${id},${text}`;
}

/** A line as an object, or why it is none. */
type Input = { readonly fields: Fields; readonly id: unknown } | { readonly error: string };

function inputFrom(line: string): Input {
  try {
    const fields = objectFrom(parseJson(line), "the line");
    return { fields, id: fields.id };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** An answer as JSON without `{` and `id`, and whether it had to be worked out. */
interface AnswerText {
  readonly text: string;
  readonly isNew: boolean;
}

/** The same for requests that come to the same, whatever their kernel; null: it is like no other. */
function keyOf({ kernel, api, flags, request, memory }: Question): string | null {
  const { cache, numbers, poolEmpty, count, context } = request;
  if (memory !== null || cache !== null || poolEmpty || numbers !== undefined) return null;
  const { places, locks, scopes, task } = context;
  const { order, sizeBytes, pages, node } = alikeRequest(kernel, api, request);
  const size = `${order} ${sizeBytes} ${pages} ${count} ${node}`;
  return `${api.name} ${size} ${places} ${locks} ${scopes} ${task} ${flags}`;
}

/** The flags of a number: in which other kernels it is asked about hangs on them. Empty for names alone. */
const flagsOfNumber = ({ kernel, request, written }: Question): string =>
  written?.written.hasLiteral === true ? flagsIn(kernel, request.mask).join() : "";

const numbers = new WeakMap<object, number>();

let lastNumber = 0;

/** The same for the same kernel, or list of them. */
function numberOf(one: Kernel | readonly Kernel[]): number {
  return madeOnce(numbers, one, () => ++lastNumber);
}

function answer({ kernel, written, request, memory }: Question, said?: () => SaidInReleases): object {
  const given = verdict(kernel, request);
  return {
    ...verdictFields(kernel, given),
    findings: datedFindings(kernel, request, written, null, given, said),
    ...(memory === null ? {} : { outcome: outcomeFields(simulate(kernel, request, memory, { steps: false })) }),
  };
}
