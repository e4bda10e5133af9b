import type { Kernel } from "../../kernels/kernel.ts";
import { perKernel } from "../../kernels/per-kernel.ts";
import { EMPTY, mask, type CompositeName, type FlagName, type Mask } from "../../masks/mask.ts";
import { compositeText, flagText } from "../../masks/names.ts";
import type { AllocationRequest } from "../../request.ts";
import { bytesOf, isSized, wholeAmount } from "../../sizes.ts";
import { mightSleep } from "../../slowpath/allocate.ts";
import { warnOnce, type Simulation } from "../../slowpath/simulation.ts";
import type { Api, MaskTreatment, Note, SizeUnit } from "../api.ts";
import { NO_PAGES, pagesPlan, refuse, type Plan } from "../_plan.ts";
import type { RunResult } from "../_run.ts";
import { bitsOf } from "../_treatment.ts";
import type { Branch, Told, Wrapper } from "./wrapper.ts";

/** A text whose length is not stated. */
const SOME_TEXT_BYTES = 64;

/** A branch with the function that it leads to. */
interface Target extends Branch {
  readonly api: Api;
}

/**
 * The functions of the tables as APIs, on those that they call.
 * @throws when a line calls a function that is neither in `functions` nor in a table, or comes back to itself
 */
export function wrapped(functions: readonly Api[], wrappers: readonly Wrapper[]): readonly Api[] {
  const known = new Map(functions.map((api) => [api.name, api]));
  const lines = new Map(wrappers.map((line) => [line.name, line]));
  const open = new Set<string>();
  const apiOf = (name: string): Api => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const line = lines.get(name);
    if (line === undefined || open.has(name)) throw new Error(`No function ${name} to call.`);
    open.add(name);
    const branches: readonly Branch[] = typeof line.calls === "string" ? [{ calls: line.calls }] : line.calls;
    const api = apiOfLine(
      line,
      branches.map((branch) => ({ ...branch, api: apiOf(branch.calls) })),
    );
    known.set(name, api);
    return api;
  };
  return wrappers.map(({ name }) => apiOf(name));
}

function apiOfLine(line: Wrapper, targets: readonly Target[]): Api {
  const last = targets.at(-1)?.api;
  if (last === undefined) throw new Error(`${line.name} calls nothing.`);
  const depends = targets.length > 1 || last.asCalled !== undefined;
  const api = {
    name: line.name,
    family: line.family ?? last.family,
    signature: line.signature,
    ...unitsOf(line.size, last),
    ...(last.numbers === undefined ? {} : { numbers: last.numbers }),
    mayBeUnknown: line.unknownIn !== undefined || targets.some((target) => target.api.mayBeUnknown === true),
    takesCache: last.takesCache === true && line.cacheBytes === undefined,
    exists: (kernel: Kernel): boolean =>
      !kernel.lacks.has(line.name) && targets.some((target) => target.api.exists(kernel)),
    treatment: perKernel((kernel) => treatmentOfLine(kernel, line, targets)),
    plan: (kernel: Kernel, request: AllocationRequest) => planOfLine(kernel, line, targets, request),
    run: (sim: Simulation, request: AllocationRequest) => runOfLine(sim, line, targets, request),
    asks: (kernel: Kernel, request: AllocationRequest) => {
      const call = asked(kernel, line, request);
      const target = targetOf(kernel, targets, call);
      const named = { ...call, api: target.name };
      return target.asks?.(kernel, named) ?? named;
    },
    ...(depends ? { asCalled: narrowed(line, targets) } : {}),
  };
  const takesMask = line.mask === "parameter" || line.mask === "optional";
  if (line.mask !== "optional") return { ...api, takesMask };
  const builtIn: Wrapper = { ...line, mask: "KERNEL" };
  return { ...api, takesMask, withoutMask: apiOfLine(builtIn, targets) };
}

/** The line on the one function that it calls for a request; made once for each. */
function narrowed(line: Wrapper, targets: readonly Target[]): NonNullable<Api["asCalled"]> {
  const made = new WeakMap<Api, Api>();
  return (kernel, request) => {
    const call = asked(kernel, line, request);
    const target = targetOf(kernel, targets, call);
    const one = target.asCalled?.(kernel, { ...call, api: target.name }) ?? target;
    const known = made.get(one);
    if (known !== undefined) return known;
    const api = apiOfLine(line, [{ calls: one.name, api: one }]);
    made.set(one, api);
    return api;
  };
}

function unitsOf(told: Told, called: Api): Pick<Api, "size" | "alsoTakes"> {
  const amounts: readonly SizeUnit[] = ["pages", "order"];
  switch (told.kind) {
    case "same":
      return { size: called.size, alsoTakes: called.alsoTakes };
    case "bytes":
      return { size: "bytes", alsoTakes: amounts };
    case "array":
      return { size: "bytes", alsoTakes: ["count", ...amounts] };
    case "text":
      return { size: "none", alsoTakes: ["bytes"] };
    case "bits":
      return { size: "count", alsoTakes: ["bytes"] };
    case "elements":
      return { size: "none", alsoTakes: ["count"] };
    case "elsewhere":
      return { size: "none", alsoTakes: called.size === "none" ? called.alsoTakes : [called.size] };
    case "fixed":
    case "none":
      return { size: "none", alsoTakes: [] };
  }
}

/** The size that is handed on. */
function sizeAsked(kernel: Kernel, told: Told, request: AllocationRequest): AllocationRequest {
  const inBytes = (sizeBytes: number): AllocationRequest => ({
    ...request,
    sizeBytes: wholeAmount(sizeBytes),
    order: null,
    pages: null,
    count: null,
  });
  switch (told.kind) {
    case "same":
    case "array":
    case "elsewhere":
      return request;
    case "bytes": {
      if (!isSized(request)) return request;
      const bytes = bytesOf(kernel, request);
      return inBytes(bytes === 0 && told.emptyIsFree === true ? 0 : bytes + told.headerBytes);
    }
    case "text":
      return isSized(request) ? request : inBytes(SOME_TEXT_BYTES);
    case "bits":
      if (request.count === null) return request;
      return inBytes(Math.ceil(wholeAmount(request.count) / 64) * 8);
    case "elements": {
      const bytes = (told.headerBytes ?? 0) + wholeAmount(request.count ?? 1) * told.elementBytes;
      return inBytes(Math.min(bytes, told.mostBytes ?? Number.POSITIVE_INFINITY));
    }
    case "fixed":
      return inBytes(told.bytes);
    case "none":
      return { ...request, sizeBytes: null, order: null, pages: null, count: null };
  }
}

/** The mask that is built in; null where the caller's counts, or none is read. */
function compositeOf({ mask: told }: Wrapper): CompositeName | null {
  return told === "parameter" || told === "optional" || told === "none" ? null : told;
}

function addedBits(kernel: Kernel, line: Wrapper, request: AllocationRequest): Mask {
  const { adds } = line;
  if (adds === undefined) return EMPTY;
  return "of" in adds ? bitsOf(kernel, ...adds.of(kernel, request)) : bitsOf(kernel, ...adds);
}

/** What the function asks the one that it calls for. */
function asked(kernel: Kernel, line: Wrapper, request: AllocationRequest): AllocationRequest {
  const builtIn = compositeOf(line);
  const given = builtIn === null ? request.mask : kernel.gfp[builtIn];
  const kept = given & ~bitsOf(kernel, ...(line.removes ?? []));
  const sized = sizeAsked(kernel, line.size, request);
  return {
    ...sized,
    mask: mask(kept | addedBits(kernel, line, { ...request, mask: given })),
    cache:
      line.cacheBytes === undefined
        ? sized.cache
        : { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes: line.cacheBytes },
  };
}

/** The largest size that goes there. */
function limitOf(kernel: Kernel, { upToBytes }: Branch): number {
  return typeof upToBytes === "function" ? upToBytes(kernel) : (upToBytes ?? Number.POSITIVE_INFINITY);
}

/** The function that is called for this size and mask. */
function targetOf(kernel: Kernel, targets: readonly Target[], request: AllocationRequest): Api {
  const bytes = bytesOf(kernel, request);
  const taken = targets.find(
    (target) => bytes <= limitOf(kernel, target) && (request.mask & bitsOf(kernel, ...(target.unless ?? []))) === 0,
  );
  const last = (taken ?? targets.at(-1))?.api;
  if (last === undefined) throw new Error("A line of the tables calls nothing.");
  return last;
}

function refusedBits(kernel: Kernel, line: Wrapper): Mask {
  return bitsOf(kernel, ...(line.refuses ?? []));
}

function planOfLine(kernel: Kernel, line: Wrapper, targets: readonly Target[], request: AllocationRequest): Plan {
  const call = asked(kernel, line, request);
  const target = targetOf(kernel, targets, call);
  if ((call.mask & refusedBits(kernel, line)) !== 0) {
    const refused = refuse(pagesPlan(call.mask, NO_PAGES, false), "always");
    refused.complaint = refusal(line);
    return refused;
  }
  const plan = target.plan(kernel, { ...call, api: target.name });
  plan.unknown ??= line.unknownIn?.(kernel) ?? null;
  if (plan.refused === "always") return plan;
  if (line.canFail === true) plan.refused = "may";
  if (line.sleeps === true) plan.sleeps = true;
  return plan;
}

function runOfLine(sim: Simulation, line: Wrapper, targets: readonly Target[], request: AllocationRequest): RunResult {
  const { kernel } = sim;
  const call = asked(kernel, line, request);
  const target = targetOf(kernel, targets, call);
  if ((call.mask & refusedBits(kernel, line)) !== 0) {
    warnOnce(sim, `${line.name}: flags`);
    return { kind: "errno", errno: "EINVAL" };
  }
  const result = target.run(sim, { ...call, api: target.name });
  if (line.sleeps === true && result.kind === "ok") mightSleep(sim, line.name);
  return result;
}

function treatmentOfLine(kernel: Kernel, line: Wrapper, targets: readonly Target[]): MaskTreatment {
  const called = targets.map(({ api }) => api.treatment(kernel));
  const inAll = (kind: Exclude<keyof MaskTreatment, "notes">): Mask =>
    called.reduce((all, treatment) => mask(all & treatment[kind]), mask(kernel.allBits | kernel.namedBits));
  const removed = bitsOf(kernel, ...(line.removes ?? []));
  const fixed = line.adds !== undefined && !("of" in line.adds) ? bitsOf(kernel, ...line.adds) : EMPTY;
  const composite = compositeOf(line);
  const builtIn = composite === null ? EMPTY : kernel.gfp[composite];
  const lost = inAll("cleared") | inAll("clearedWithWarning") | inAll("refused") | inAll("ignored");
  const forced = mask(((inAll("forced") | builtIn) & ~removed) | (fixed & ~lost));
  const without = (bits: Mask): Mask => mask(bits & ~removed);
  return {
    forced,
    cleared: mask(inAll("cleared") | removed),
    clearedWithWarning: without(inAll("clearedWithWarning")),
    ignored: without(inAll("ignored")),
    refused: mask(without(inAll("refused")) | refusedBits(kernel, line)),
    notes: [...ownNotes(kernel, line, targets), ...calledNotes(called)],
  };
}

/** Of functions that share a note it is told once. */
function calledNotes(called: readonly MaskTreatment[]): readonly Note[] {
  const notes = new Map(called.flatMap(({ notes: own }) => own.map((note) => [note.text, note])));
  return [...notes.values()];
}

function ownNotes(kernel: Kernel, line: Wrapper, targets: readonly Target[]): readonly Note[] {
  const { evidence, adds, note } = line;
  const texts = [
    `${callsText(kernel, targets)}${maskText(line)}${sizeText(line.size)}.`,
    ...(adds !== undefined && "of" in adds ? [adds.text] : []),
    ...(line.refuses === undefined ? [] : [refusal(line).text]),
    ...(note === undefined ? [] : [note]),
  ];
  return texts.map((text) => ({ text, evidence }));
}

function refusal({ refuses = [], evidence }: Wrapper): Note {
  return { text: `WARN_ON_ONCE and -EINVAL with ${listed(refuses, "or")}.`, evidence };
}

/** `Calls dma_pool_alloc() for up to 2048 bytes, else dma_alloc_coherent()`. */
function callsText(kernel: Kernel, targets: readonly Target[]): string {
  const parts = targets.map((target) => {
    const { api, unless } = target;
    const limit = target.upToBytes === undefined ? "" : ` for up to ${limitOf(kernel, target)} bytes`;
    return `${api.name}()${limit}${unless === undefined ? "" : ` without ${listed(unless, "or")}`}`;
  });
  return `Calls ${parts.join(", else ")}`;
}

function maskText(line: Wrapper): string {
  const { mask: told, adds, removes } = line;
  const composite = compositeOf(line);
  const builtIn = composite === null ? "" : ` with ${compositeText(composite)}`;
  const added = adds === undefined || "of" in adds ? "" : listed(adds, "and");
  const parts = [
    ...(added === "" ? [] : [builtIn === "" ? ` with ${added} added` : ` and ${added}`]),
    ...(removes === undefined ? [] : [` without ${listed(removes, "and")}`]),
    ...(told === "optional" ? ["; with GFP_KERNEL where no mask is written"] : []),
  ];
  return builtIn + parts.join("");
}

function sizeText(told: Told): string {
  switch (told.kind) {
    case "bytes":
      return told.headerBytes === 0 ? "" : `, for ${told.headerBytes} bytes more than \`size\``;
    case "text":
      return ", for as many bytes as the text has; without `size` a short one is taken for it";
    case "bits":
      return ", for `count` bits in whole longs";
    case "elements":
      return `, for ${told.elementBytes} bytes for each of \`count\`${(told.headerBytes ?? 0) === 0 ? "" : ` and ${told.headerBytes} more`}`;
    case "fixed":
      return `, for about ${told.bytes} bytes`;
    case "same":
    case "array":
    case "elsewhere":
    case "none":
      return "";
  }
}

/** `__GFP_COMP, __GFP_DMA or __GFP_DMA32`. */
function listed(flags: readonly FlagName[], word: "and" | "or"): string {
  const names = flags.map(flagText);
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${word} ${last}`;
}
