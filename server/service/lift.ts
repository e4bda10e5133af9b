import { format } from "../../grammar/index.ts";
import { linesOf, positionAt } from "../../grammar/lines.ts";
import type { Call } from "../c-source/functions/call.ts";
import { callText } from "../c-source/c-finding.ts";
import { canReach } from "../c-source/link/facts.ts";
import { linkFiles, type DeclaredContext, type LinkedFunction, type NamedFile } from "../c-source/link/link.ts";
import { readingsOf, sizesOf, valueIn, type MaskReading } from "../c-source/judge/site.ts";
import { signatureNamed } from "../c-source/text/signatures.ts";
import { factsThere, type PlacedFact } from "../c-source/link/ways.ts";
import { apiNamed } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import { isLockName, isScopeName } from "../model/contexts.ts";
import { KERNEL_CONTEXTS } from "../model/kernel-contexts.ts";
import { BUILD_SWITCHES, DEFAULT_OPTIONS } from "../model/kernels/build-options.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { maskText } from "../model/masks/names.ts";
import { visibleName } from "./visible.ts";

/** A C file that is lifted, with its text. */
export interface LiftedFile extends NamedFile {
  readonly text: string;
}

/** A request that stands for a call in C. */
export interface LiftedCall {
  readonly request: string;
  /** Offset of the call in the file. */
  readonly start: number;
}

export interface Lifted {
  /** A policy file: a request for each call that can be read, with the contexts that the code proves. */
  readonly text: string;
  readonly calls: readonly LiftedCall[];
}

/**
 * Writes the allocation calls of a C file down in the policy language: what each asks for and where it stands, with the
 * lines that prove it. What cannot be read stands as a comment; of a context that nothing proves the request says so.
 */
export function lift(file: LiftedFile, kernel: Kernel, declared: readonly DeclaredContext[] = []): Lifted {
  const writer = new Writer(file, kernel);
  const link = linkFiles(kernel, [file], declared);
  for (const fn of link.functions) {
    for (const call of fn.read.calls) {
      if (call.allocation === null) continue;
      const own = factsThere(fn, call.state, null);
      const reached = link
        .waysTo(fn)
        .filter((way) => canReach(call.state, way.bindings))
        .map((way) =>
          factsThere(fn, call.state, way).map((fact) => ({ ...fact, isLoose: fact.isLoose || way.isConvention })),
        )
        .filter((facts) => facts.some(({ isBrought }) => isBrought));
      // What the function itself shows is true whoever calls it.
      const places = [...(own.length > 0 || reached.length === 0 ? [own] : []), ...reached];
      writer.call(fn, call, places);
    }
  }
  return writer.done();
}

class Writer {
  readonly #file: LiftedFile;
  readonly #kernel: Kernel;
  readonly #lines: ReturnType<typeof linesOf>;
  readonly #parts: string[] = [];
  readonly #calls: LiftedCall[] = [];
  readonly #names = new Set<string>();
  readonly #contexts = new Map<string, string>();

  constructor(file: LiftedFile, kernel: Kernel) {
    this.#file = { ...file, path: visibleName(file.path) };
    this.#kernel = kernel;
    this.#lines = linesOf(file.text);
  }

  done(): Lifted {
    const { options, name } = this.#kernel;
    const changed = BUILD_SWITCHES.filter((one) => one !== "SLAB_OBJ_EXT" && options[one] !== DEFAULT_OPTIONS[one]).map(
      (one) => `${one} ${options[one] ? "on" : "off"}`,
    );
    const config = changed.length === 0 ? "" : `config { ${changed.join("  ")} }\n`;
    const text = `// Lifted from ${this.#file.path} by allocpolicy lift.\nkernel ${name}\n${config}\n${this.#parts.join("\n")}`;
    const laid = format(text);
    return { text: laid.kind === "formatted" ? laid.text : text, calls: this.#calls };
  }

  call(fn: LinkedFunction, call: Call, places: readonly (readonly PlacedFact[])[]): void {
    const at = `${this.#place(fn.start + call.start)}, ${fn.read.name}(): ${oneLine(callText(call))}`;
    const api = apiNamed(call.allocation?.api ?? "");
    if (api === null || !api.exists(this.#kernel)) {
      this.#parts.push(`// ${at}: the model does not know ${call.name}() here.\n`);
      return;
    }
    const mask = this.#maskOf(fn, call, api);
    if (mask === null) {
      this.#parts.push(`// ${at}: the mask cannot be read.\n`);
      return;
    }
    const seen = new Set<string>();
    for (const facts of places) {
      const context = this.#contextOf(fn, call, facts);
      if (seen.has(context)) continue;
      seen.add(context);
      const request = this.#named(`${fn.read.name}_${call.name}`);
      this.#calls.push({ request, start: fn.start + call.start });
      this.#parts.push(
        [
          `/// ${at}`,
          `request ${request} {`,
          `  api ${api.name}`,
          ...this.#sizes(call, api),
          ...(mask === "" ? [] : [`  flags ${mask}`]),
          `  context ${context}`,
          ...handling(call),
          "}\n",
        ].join("\n"),
      );
    }
  }

  /** The mask in the words of the language; empty: the call takes none; null: it is not one that is known. */
  #maskOf(fn: LinkedFunction, call: Call, api: Api): string | null {
    const allocation = call.allocation;
    if (allocation === null || allocation.mask === null)
      return api.takesMask && api.withoutMask === undefined ? null : "";
    const readings = readingsOf(this.#file.file, fn.read, allocation, {});
    const [only, ...more] = readings ?? [];
    if (only === undefined || more.length > 0) return null;
    const value = valueIn(only, this.#kernel);
    if (!value.certain) return null;
    return asWritten(only, call) ?? maskText(this.#kernel, value.mask);
  }

  #sizes(call: Call, api: Api): readonly string[] {
    const { order, sizeBytes, pages, count } = sizesOf(call, this.#file.file, this.#kernel);
    const signature = signatureNamed(api.name);
    const say = (word: string, value: number | null, unit = ""): string =>
      value === null ? `  ${word} unknown` : `  ${word} ${value}${unit}`;
    switch (api.size) {
      case "bytes":
        return [
          say("size", sizeBytes, " B"),
          ...(signature !== null && signature.count !== -1 ? [say("count", count)] : []),
        ];
      case "order":
        return [say("order", order)];
      case "pages":
        return [say("pages", pages)];
      case "count":
        return [say("count", count)];
      case "none":
        return [];
    }
  }

  /** The name of the context that these facts make: declared where it is met first. */
  #contextOf(fn: LinkedFunction, call: Call, facts: readonly PlacedFact[]): string {
    if (facts.length === 0) return call.state.sleptAt >= 0 ? "process" : "unknown";
    const key = JSON.stringify(facts.map(({ context, lock, isLoose, step }) => [context, lock, isLoose, step.start]));
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const name = this.#named(`in_${fn.read.name}`);
    this.#contexts.set(key, name);
    const items = facts.map(({ context, lock, isLoose, step }) => {
      const evidence = `  // ${isLoose ? "by convention, " : ""}${this.#place(step.start)}: ${oneLine(step.text)}`;
      if (isScopeName(context)) return `  scope ${context}${evidence}`;
      const isHeld = isLockName(context) || KERNEL_CONTEXTS.get(context)?.kind === "held";
      if (!isHeld) return `  in ${context}${evidence}`;
      const label = lock === null || /["\\\n]/.test(lock) ? "" : ` "${lock}"`;
      return `  holds ${context}${label}${evidence}`;
    });
    this.#parts.push(`context ${name} {\n${items.join("\n")}\n}\n`);
    return name;
  }

  #named(wanted: string): string {
    let name = wanted;
    for (let more = 2; this.#names.has(name); more++) name = `${wanted}_${more}`;
    this.#names.add(name);
    return name;
  }

  #place(offset: number): string {
    return `${this.#file.path}:${positionAt(this.#lines, offset).line + 1}`;
  }
}

const MOST_CHARACTERS = 100;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
}

function handling(call: Call): readonly string[] {
  const is = call.allocation?.result.is ?? null;
  return is === null ? [] : [`  handles ${is === "checked" ? "null" : "nothing"}`];
}

/** The mask as the call has it, where the language reads it the same; null: it has names or casts of its own. */
function asWritten({ isInCall }: MaskReading, call: Call): string | null {
  const text = call.arguments[call.allocation?.mask?.index ?? -1]?.text ?? "";
  const isPlain = isInCall && /^[\w\s|&~()]+$/.test(text) && !/\bgfp_t\b|__force|\/\*/.test(text);
  const names = text.match(/[A-Za-z_]\w*/g) ?? [];
  return isPlain && names.every((name) => /^(?:__)?GFP_/.test(name)) ? text.replace(/\s+/g, " ") : null;
}
