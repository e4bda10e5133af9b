import type { AllocatorDeclaration, Mask } from "../../../grammar/ast.ts";
import { apiNamed } from "../../model/apis.ts";
import { maskParameter, parametersOf } from "../../model/prototype.ts";
import type { Environment } from "../analysis/environment.ts";

/** A function in C that stands for one that the model knows, as a declaration says it. */
export interface DeclaredAllocator {
  readonly name: string;
  /** Where it is declared. */
  readonly uri: string;
  readonly parameters: readonly string[];
  /** The function that it stands for, by the model's name. */
  readonly callee: string;
  /** What that is given, in C: the names of the parameters, numbers, masks with the declared ones written out. */
  readonly arguments: readonly string[];
}

/** The argument of an allocator's callee that is its mask; null: the callee is not known, or takes none. */
export function maskArgumentOf({ callee, arguments: given }: AllocatorDeclaration): Mask | null {
  const api = callee === null ? null : apiNamed(callee.text);
  return api === null ? null : (given[maskParameter(parametersOf(api))] ?? null);
}

/** The allocators of a file, and of those that it imports, that can be read. */
export function allocatorsOf(environment: Environment): readonly DeclaredAllocator[] {
  return environment.visible("allocator").flatMap(({ uri, declaration, damaged }): readonly DeclaredAllocator[] => {
    if (declaration.kind !== "allocator" || damaged) return [];
    const { name, callee, parameters, arguments: given } = declaration;
    if (name === null || callee === null || apiNamed(callee.text) === null) return [];
    const mask = maskArgumentOf(declaration);
    const names = parameters.map(({ text }) => text);
    return [
      {
        name: name.text,
        uri,
        parameters: names,
        callee: callee.text,
        arguments: given.map((one) => inC(environment, one, one === mask ? names : null, new Map(), new Set())),
      },
    ];
  });
}

/** In parentheses, but for a single word. */
const grouped = (text: string): string => (/^\w+$/.test(text) ? text : `(${text})`);

/** A mask that cannot be written out in C. */
const UNKNOWN = "unknown";
const MOST_CHARACTERS = 500;

/**
 * An argument as C has it, with declared masks and transforms written out.
 * @param parameters names that stand for themselves; null: all do
 * @param bound what the parameter of a transform stands for
 */
function inC(
  environment: Environment,
  node: Mask,
  parameters: readonly string[] | null,
  bound: ReadonlyMap<string, string>,
  open: ReadonlySet<string>,
): string {
  const of = (inner: Mask): string => inC(environment, inner, parameters, bound, open);
  const all = (nodes: readonly Mask[], operator: string): string => nodes.map((one) => grouped(of(one))).join(operator);
  const text = ((): string => {
    switch (node.kind) {
      case "name":
        return bound.get(node.text) ?? (parameters?.includes(node.text) === true ? node.text : named(node.text, null));
      case "call":
        return named(node.callee.text, of(node.argument));
      case "number":
        return node.numeral.text;
      case "or":
        return all(node.operands, " | ");
      case "and":
        return all(node.operands, " & ");
      case "not":
        return `~${grouped(of(node.operand))}`;
      case "zero":
        return `!${grouped(of(node.operand))}`;
      case "equal":
        return all(node.operands, node.isEqual ? " == " : " != ");
      case "choice": {
        const [condition, then, otherwise] = node.operands;
        return `${of(condition)} ? ${of(then)} : ${of(otherwise)}`;
      }
      case "paren":
        return grouped(of(node.inner));
      case "missing":
        return UNKNOWN;
    }
  })();
  return text.length > MOST_CHARACTERS ? UNKNOWN : text;

  function named(name: string, argument: string | null): string {
    const declaration = parameters === null ? undefined : environment.lookup("mask", name)?.declaration;
    if (declaration === undefined || open.has(name)) return argument === null ? name : UNKNOWN;
    const within = new Set([...open, name]);
    if (declaration.kind === "flags" && argument === null)
      return grouped(inC(environment, declaration.value, [], new Map(), within));
    if (declaration.kind === "transform" && argument !== null && declaration.parameter !== null)
      return grouped(
        inC(environment, declaration.body, [], new Map([[declaration.parameter.text, grouped(argument)]]), within),
      );
    return UNKNOWN;
  }
}
