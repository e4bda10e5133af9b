import type { Mask as MaskNode, Name, Property, RequestDeclaration } from "../../grammar/ast.ts";
import type { Api, SizeUnit } from "../model/apis/api.ts";
import type { Context } from "../model/contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { AllocationRequest, CacheFacts, Verdict } from "../model/request.ts";
import type { Binding, Environment } from "./environment.ts";
import type { MaskValue } from "./masks.ts";
import type { PropertyOf, Written } from "./properties.ts";

/** A size as written, and as the API takes it. */
export interface ResolvedSize {
  readonly written: Written<PropertyOf<"size" | "order" | "pages" | "count">>;
  readonly writtenUnit: SizeUnit;
  /** In the API's unit; null where it can't be converted. */
  readonly value: number | null;
  readonly unit: SizeUnit;
  /** The unit written is one that the API takes, or understands (`alsoTakes`). */
  readonly fits: boolean;
}

/** A request with its `like` chain folded in, names resolved, and the size in the API's unit: what holds in every kernel. */
export interface ResolvedRequest {
  readonly name: string | null;
  readonly declaration: RequestDeclaration;
  /** Null: missing, or not an API of the model. */
  readonly api: Api | null;
  readonly apiWritten: Written<PropertyOf<"api">> | null;
  readonly size: ResolvedSize | null;
  /** `count` of objects beside a size (arrays). */
  readonly count: ResolvedSize | null;
  readonly flags: Written<PropertyOf<"flags">> | null;
  readonly mask: MaskNode | null;
  readonly context: Context;
  readonly contextWritten: Written<PropertyOf<"context">> | null;
  readonly node: number | null;
  readonly zone: Written<PropertyOf<"zone">> | null;
  readonly cache: CacheFacts | null;
  readonly handles: Written<PropertyOf<"handles">> | null;
  readonly fallback: { readonly written: Written<PropertyOf<"fallback">>; readonly name: Name; readonly binding: Binding | null } | null;
  /** Bound by name or by `for`, each once, in the order of the file. */
  readonly policies: readonly Binding[];
  readonly waivers: readonly Written<PropertyOf<"waive">>[];
  /** All properties that are in force, own and inherited. */
  readonly properties: readonly Written<Property>[];
}

/** A request under one kernel. */
export interface KernelRequest {
  readonly kernel: Kernel;
  readonly request: AllocationRequest;
  /** Null where no mask is written. */
  readonly value: MaskValue | null;
  readonly verdict: Verdict;
}

export declare function resolveRequest(environment: Environment, declaration: RequestDeclaration): ResolvedRequest;
/** The request as the model takes it, and its verdict; null where the API is unknown or does not exist in this kernel. */
export declare function requestUnder(environment: Environment, resolved: ResolvedRequest, kernel: Kernel): KernelRequest | null;
