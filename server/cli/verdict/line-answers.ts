import { datedFindings } from "../../rules/bare-request.ts";
import { alikeRequest } from "../../model/alike-requests.ts";
import { madeOnce } from "../../model/kept.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { simulate } from "../../model/simulate.ts";
import { verdict } from "../../model/verdict.ts";
import { jsonText } from "../../service/visible.ts";
import { outcomeFields, verdictFields } from "./answer-fields.ts";
import { messageOf, objectFrom, parseJson, type Fields } from "./json-fields.ts";
import { KeptTexts } from "./kept-texts.ts";
import { askedIn, type Question } from "./question.ts";

/** An `id` that stands first and is a plain word or number: the rest of the line is what is asked. */
const FIRST_ID = /^\s*\{\s*"id"\s*:\s*(0|-?[1-9]\d{0,14}|"[ !#-[\]-~]*")\s*,\s*(?=")/;

/**
 * Answers lines of JSON: each with a verdict, or an error that says what is wrong with the line. What was asked before
 * is answered from memory, which has a bound.
 */
export class LineAnswers {
  /** By the line without its `id`: the answer without `{` and `id`. */
  readonly #known = new KeptTexts();
  /** By the requests that come to the same. */
  readonly #alike = new KeptTexts();

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
    const { text, isNew } = answerTo(input, this.#alike);
    // What is like another line is answered as fast as it is looked up.
    if (isNew) this.#known.keep(question, text);
    return text;
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

function answerTo(input: Input, alike: KeptTexts): AnswerText {
  if ("error" in input) return { text: jsonText(input).slice(1), isNew: true };
  try {
    const asked = askedIn(input.fields);
    const { assumed } = asked;
    const { text, isNew } = textOf(asked, alike);
    return assumed === null ? { text, isNew } : { text: `"assumed":${jsonText(assumed)},${text}`, isNew };
  } catch (error) {
    return { text: jsonText({ error: messageOf(error) }).slice(1), isNew: true };
  }
}

function textOf(asked: Question, alike: KeptTexts): AnswerText {
  const key = keyOf(asked);
  const known = key === null ? undefined : alike.get(key);
  if (known !== undefined) return { text: known, isNew: false };
  const text = jsonText(answer(asked)).slice(1);
  if (key !== null) alike.keep(key, text);
  return { text, isNew: true };
}

/** The same for requests that come to the same; null: it is like no other. */
function keyOf({ kernel, api, flags, request, memory }: Question): string | null {
  const { cache, numbers, poolEmpty, mask, count, context } = request;
  if (memory !== null || cache !== null || poolEmpty || numbers !== undefined) return null;
  const { places, locks, scopes, task } = context;
  const { order, sizeBytes, pages, node } = alikeRequest(kernel, api, request);
  const size = `${order} ${sizeBytes} ${pages} ${count} ${node}`;
  return `${kernelNumber(kernel)} ${api.name} ${size} ${places} ${locks} ${scopes} ${task} ${mask} ${flags}`;
}

const kernelNumbers = new WeakMap<Kernel, number>();

let lastKernel = 0;

function kernelNumber(kernel: Kernel): number {
  return madeOnce(kernelNumbers, kernel, () => ++lastKernel);
}

function answer({ kernel, written, request, memory }: Question): object {
  const given = verdict(kernel, request);
  return {
    ...verdictFields(kernel, given),
    findings: datedFindings(kernel, request, written, null, given),
    ...(memory === null ? {} : { outcome: outcomeFields(simulate(kernel, request, memory, { steps: false })) }),
  };
}
