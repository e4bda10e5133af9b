import { kept, keptFor } from "../../model/kept.ts";
import { apiNamed, maskOfCall } from "../../model/apis.ts";
import type { Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { maskValue, type MaskValue } from "../../model/masks/evaluation/mask-value.ts";
import { namedMask } from "../../model/masks/evaluation/named-mask.ts";
import type { MaskExpression } from "../../model/masks/expression.ts";
import type { MaskScope, NamedMask } from "../../model/masks/mask-scope.ts";
import { EMPTY, type Mask } from "../../model/masks/mask.ts";
import type { AllocationRequest } from "../../model/request.ts";
import { saysMore } from "../../rules/mask-places.ts";
import type { Anchor, RuleFix } from "../../rules/rule.ts";
import type { Asked, Site } from "../../rules/site.ts";
import type { CFile } from "../functions/c-file.ts";
import { constantOf } from "../text/constants.ts";
import { apiOf, type Allocation, type Call } from "../functions/call.ts";
import type { FunctionRead, MaskWrite } from "../functions/function-read.ts";
import { guardHolds } from "../functions/guards.ts";
import { insideNamed } from "../functions/inside.ts";
import type { MaskCase } from "../functions/masks.ts";
import { signatureNamed } from "../text/signatures.ts";

/** A mask that a call can be given: how it is written, and in which names it is read. */
export interface MaskReading {
  readonly expression: MaskExpression;
  readonly scopeOf: (kernel: Kernel) => MaskScope;
  /** It stands in the call itself, so that a finding can mark a part of it and edits can change it. */
  readonly isInCall: boolean;
}

/** Where the names of a file's masks are looked up. */
export const fileScope = ({ named }: CFile, kernel: Kernel): MaskScope => scopesOf(named)(kernel);

const scopesOf = keptFor(
  ({ maskMacros }: CFile["named"]) =>
    keptFor((kernel: Kernel): MaskScope => {
      const known = new Map<string, NamedMask | null>();
      const open = new Set<string>();
      const scope: MaskScope = {
        kernel,
        lookup: (name) => {
          const found = known.get(name);
          if (found !== undefined) return found;
          const macro = maskMacros.find((one) => one.name === name);
          const [only, ...more] = macro?.cases ?? [];
          if (macro === undefined || only === undefined || more.length > 0 || open.has(name)) return null;
          open.add(name);
          const value = namedMask(scope, only.expression, macro.parameter);
          open.delete(name);
          known.set(name, value);
          return value;
        },
      };
      return scope;
    }),
  kept(),
);

const MOST_READINGS = 8;

/** The names of an expression, in order. */
export function namesIn(expression: MaskExpression, into: string[] = [], depth = 0): string[] {
  if (depth > 100) return into;
  switch (expression.kind) {
    case "name":
      into.push(expression.text);
      break;
    case "call":
      namesIn(expression.argument, into, depth + 1);
      break;
    case "not":
    case "zero":
      namesIn(expression.operand, into, depth + 1);
      break;
    case "paren":
      namesIn(expression.inner, into, depth + 1);
      break;
    case "or":
    case "and":
    case "choice":
    case "equal":
      for (const operand of expression.operands) namesIn(operand, into, depth + 1);
      break;
  }
  return into;
}

/** Everything that was written into a variable, in every order in which it can have been; null: more than is known. */
function valuesOf(
  writes: readonly MaskWrite[],
  call: number,
  bindings: Readonly<Record<string, string>>,
): MaskExpression[] | null {
  let values: MaskExpression[] = [];
  for (const { does, cases, at, isAlways } of writes) {
    if (cases.length === 0) return null;
    const given = cases.filter(({ guards }) => guards.every((guard) => guardHolds(guard, bindings) !== false));
    // What was there before is no more.
    const isLast = isAlways && at < call;
    if (does === "=") values = [...(isLast ? [] : values), ...given.map(({ expression }) => expression)];
    else {
      const kind = does === "|=" ? "or" : "and";
      const more = values.flatMap((value) =>
        given.map(
          ({ expression }): MaskExpression => ({
            kind,
            operands: [value, expression],
            start: value.start,
            end: value.end,
          }),
        ),
      );
      values = isLast ? more : [...values, ...more];
    }
    if (values.length > MOST_READINGS) return null;
  }
  return values.length === 0 ? null : values;
}

/**
 * The masks that a call can be given: one for each case, each value of a variable. Null: that is not known.
 * @param bindings what the function's parameters are
 */
export function readingsOf(
  file: CFile,
  read: Pick<FunctionRead, "parameters" | "writes">,
  allocation: Allocation,
  bindings: Readonly<Record<string, string>>,
): readonly MaskReading[] | null {
  const cases = allocation.mask?.cases ?? [];
  const readings: MaskReading[] = [];
  for (const one of cases) {
    if (one.guards.some((guard) => guardHolds(guard, bindings) === false)) continue;
    const more = readingsOfCase(file, read, one, bindings, allocation.mask?.isWritten === true);
    if (more === null || readings.length + more.length > MOST_READINGS) return null;
    readings.push(...more);
  }
  return readings;
}

function readingsOfCase(
  file: CFile,
  read: Pick<FunctionRead, "parameters" | "writes">,
  { expression }: MaskCase,
  bindings: Readonly<Record<string, string>>,
  isInCall: boolean,
): readonly MaskReading[] | null {
  const names = namesIn(expression);
  const isParameter = (name: string): boolean => read.parameters.some((parameter) => parameter.name === name);
  if (names.some(isParameter)) {
    // `GFP_KERNEL | flags`: a part of it is known.
    const isPartly = expression.kind === "or" && !expression.operands.every((one) => namesIn(one).some(isParameter));
    return isPartly ? [{ expression, scopeOf: (kernel) => fileScope(file, kernel), isInCall: false }] : null;
  }
  const variable = names.find((name) => read.writes.some((write) => write.variable === name));
  const plain = (kernel: Kernel): MaskScope => fileScope(file, kernel);
  if (variable === undefined) return [{ expression, scopeOf: plain, isInCall }];
  const writes = read.writes.filter((write) => write.variable === variable);
  const call = isInCall ? expression.start : -1;
  // What is in a member is known where it is written before on every way.
  const isMember = !/^\w+$/.test(variable);
  if (isMember && !writes.some(({ does, isAlways, at }) => does === "=" && isAlways && at < call)) return null;
  const values = valuesOf(writes, call, bindings);
  return (
    values?.map((value) => ({
      expression,
      scopeOf: (kernel) => withVariable(plain(kernel), variable, value),
      isInCall: false,
    })) ?? null
  );
}

function withVariable(scope: MaskScope, variable: string, value: MaskExpression): MaskScope {
  const known = namedMask(scope, value, null);
  return { ...scope, lookup: (name) => (name === variable ? known : scope.lookup(name)) };
}

export const valueIn = (reading: MaskReading, kernel: Kernel): MaskValue =>
  maskValue(reading.scopeOf(kernel), reading.expression);

/**
 * What is known of a mask to which something is added that nobody can tell: GFP_KERNEL of `GFP_KERNEL | dev->flags`;
 * null: all of it is known, or nothing.
 */
export function knownPart(reading: MaskReading, kernel: Kernel): MaskReading | null {
  if (valueIn(reading, kernel).certain) return null;
  const { expression } = reading;
  const scope = reading.scopeOf(kernel);
  const knownIn = (one: MaskExpression): readonly MaskExpression[] => {
    if (one.kind === "paren") return knownIn(one.inner);
    if (one.kind === "or") return one.operands.flatMap(knownIn);
    return maskValue(scope, one).certain ? [one] : [];
  };
  const operands = knownIn(expression);
  const { start, end } = expression;
  return operands.length === 0
    ? null
    : { ...reading, expression: { kind: "or", operands, start, end }, isInCall: false };
}

/** The request that a call is, but for its mask and context. */
export function sizesOf(
  call: Call,
  file: CFile,
  kernel: Kernel,
): Pick<AllocationRequest, "order" | "sizeBytes" | "pages" | "count"> {
  const signature = signatureNamed(apiOf(call));
  const given = call.allocation?.through?.arguments ?? call.arguments.map(({ text }) => text);
  const at = (index: number): number | null => {
    const text = index === -1 ? undefined : given[index];
    return text === undefined ? null : constantOf(text, kernel, file.named.numberMacros);
  };
  const none = { order: null, sizeBytes: null, pages: null, count: null };
  if (signature === null) return { ...none, order: 0 };
  const [bytes, count] = [at(signature.bytes), at(signature.count)];
  const isArray = signature.bytes !== -1 && signature.count !== -1;
  if (isArray && (bytes === null || count === null)) return none;
  return { order: at(signature.order), sizeBytes: bytes, pages: at(signature.pages), count };
}

/** What a function that the model does not know is judged as: a request of one page, by its mask alone. */
const BY_CONVENTION = "alloc_pages";

/** The mask of a call that is given none: since 7.0 GFP_KERNEL is what `kmalloc_obj(*p)` asks with. */
export function withoutMask(kernel: Kernel, allocation: Allocation | null): Mask {
  const api = apiNamed(allocation?.api ?? "");
  return api === null ? EMPTY : maskOfCall(kernel, api, null);
}

/**
 * A call in C as the kernel's rules see it. Its places are the anchors of the rules and its edits their fixes, so that
 * calls that ask the same have one answer; `places.ts` finds the text of each.
 * @param readings the masks that it can be given; empty: it takes none
 * @param contexts where it can stand
 */
export function callSite(
  call: Call,
  file: CFile,
  readings: readonly MaskReading[],
  contexts: (kernel: Kernel) => readonly Context[],
): Site<Anchor, RuleFix> {
  const allocation = call.allocation;
  const inside = allocation?.through?.isInside === true ? insideNamed(call.name) : null;
  return {
    asked: (kernel) => {
      const sizes = sizesOf(call, file, kernel);
      const values = readings.length === 0 ? [null] : readings.map((reading) => valueIn(reading, kernel));
      return contexts(kernel).flatMap((context) =>
        values.map(
          (value): Asked => ({
            request: {
              api: allocation?.api ?? BY_CONVENTION,
              mask: value?.mask ?? withoutMask(kernel, allocation),
              ...sizes,
              context,
              node: null,
              cache: null,
              poolEmpty: false,
            },
            written: value?.written ?? null,
            isMaskKnown: value?.certain ?? true,
            result: allocation?.result.is ?? null,
            hasFallback: allocation?.result.hasFallback ?? false,
            ...(inside === null ? {} : { api: inside }),
          }),
        ),
      );
    },
    whole: { kind: "api" },
    placeOf: (anchor) => anchor,
    saysMore: (anchor, kernel) => readings.some((reading) => saysMore(kernel, valueIn(reading, kernel), anchor)),
    editsOf: (fix) => [fix],
  };
}
