// What the protocol of all editors has no request for: asked by the VS Code extension, open to any client. Types only,
// for
// the server that answers and for the client that asks. A wrong parameter is answered by an error that names it.
import type { Expectation } from "./expectation.ts";
import type { KernelDiff, KernelInForce } from "./kernel.ts";
import type { MatrixAnswer, PolicyName } from "./matrix.ts";
import type { Location, Position, Range } from "./places.ts";
import type { ModesAnswer, SimulationAnswer, SimulationPlace } from "./simulation.ts";

/** A document, by the client's uri: open, or a file of one of the folders. */
export interface DocumentParams {
  readonly uri: string;
}

/** A policy of a document: by name, else the one at a position (or before it), else the first. */
export interface PolicyParams extends DocumentParams {
  readonly policy?: string | undefined;
  readonly position?: Position | undefined;
}

/** A policy of a document, by name. */
export interface NamedPolicy extends DocumentParams {
  readonly policy: string;
}

/** Reports of a kernel log. */
export interface ExplainedLog {
  readonly reports: readonly {
    /** From 1. */
    readonly number: number;
    readonly title: string;
    /** The first and the last line, from 1. */
    readonly lines: readonly [number, number];
    /** For people, in lines of 80 columns. */
    readonly text: string;
    /** State and request as a policy file. */
    readonly policy: string;
  }[];
  /** There are more reports than these. */
  readonly more: boolean;
}

/** A request of a document on a state of memory; what is not named is the first that there is, or the newest kernel. */
export interface SimulationParams extends DocumentParams {
  readonly request: string;
  readonly memory?: string | undefined;
  readonly kernel?: string | undefined;
}

interface Request<Params, Result> {
  readonly params: Params;
  readonly result: Result;
}

/** All requests, by method. */
export interface Requests {
  /** The kernel that a document is judged by; null for one that the server does not have. */
  readonly "allocpolicy/kernelInForce": Request<DocumentParams, KernelInForce | null>;
  /** What the call at a position of a C file may do; null where none that allocates is. */
  readonly "allocpolicy/explainCall": Request<
    DocumentParams & { readonly position: Position },
    { readonly markdown: string } | null
  >;
  /** The reports that the text of a kernel log has, explained. */
  readonly "allocpolicy/explainLog": Request<{ readonly text: string }, ExplainedLog>;
  /** A rule's page; null when there is no rule of that name. */
  readonly "allocpolicy/rulePage": Request<{ readonly rule: string }, { readonly markdown: string } | null>;
  /**
   * `mask` as a number or an expression; `kernel` as in a file's header, the newest that the model knows if left out.
   * Null for what is no mask.
   */
  readonly "allocpolicy/decode": Request<
    { readonly mask: string; readonly kernel?: string | undefined },
    { readonly text: string } | null
  >;
  /** What a document expects; `fresh`: decide everything again. Null for a document that the server does not find. */
  readonly "allocpolicy/expectations": Request<
    DocumentParams & { readonly fresh?: boolean | undefined },
    { readonly items: readonly Expectation<Range>[] } | null
  >;
  /** The policies that a document declares. */
  readonly "allocpolicy/policies": Request<DocumentParams, readonly PolicyName<Range>[]>;
  /** Null where the document declares no such policy. */
  readonly "allocpolicy/matrix": Request<PolicyParams, MatrixAnswer<Location> | null>;
  /** The matrix as a text; null where there is none. */
  readonly "allocpolicy/exportMatrix": Request<
    PolicyParams & { readonly format: "markdown" | "svg" },
    { readonly text: string } | null
  >;
  /** Every rule that there is, in the order of the catalogue. */
  readonly "allocpolicy/rules": Request<
    object,
    readonly { readonly id: string; readonly title: string; readonly severity: string }[]
  >;
  /** What is found in a text of the policy language that is no file, a line each; empty where nothing is. */
  readonly "allocpolicy/checkText": Request<{ readonly text: string }, { readonly findings: readonly string[] }>;
  /**
   * Who calls the functions that a policy is for, in the C below the document's folder; null where there is no such
   * policy.
   */
  readonly "allocpolicy/callers": Request<PolicyParams, { readonly markdown: string } | null>;
  /** Where simulations begin: requests, and expectations on a state; none in a document without a state. */
  readonly "allocpolicy/simulations": Request<DocumentParams, readonly SimulationPlace<Range>[]>;
  /** Null where there is no such request, or no state. */
  readonly "allocpolicy/simulate": Request<SimulationParams, SimulationAnswer | null>;
  /** Runs by chance, in the modes of the request; null where it asks for no range that can be run. */
  readonly "allocpolicy/modes": Request<SimulationParams, ModesAnswer | null>;
  /** The trace, and the modes of a request for ranges, as a text; null where there is none. */
  readonly "allocpolicy/exportSimulation": Request<
    SimulationParams & { readonly format: "markdown" | "svg" },
    { readonly text: string } | null
  >;
  /** The kernels that the model knows: the mainline releases, newest first, then all others. */
  readonly "allocpolicy/kernels": Request<object, readonly string[]>;
  /** A document under two kernels, as the two texts of a diff; null where document or kernel are not known. */
  readonly "allocpolicy/diffKernels": Request<
    DocumentParams & { readonly from: string; readonly to: string },
    KernelDiff | null
  >;
  /** Two policies, compared on a page; null where one is not there. */
  readonly "allocpolicy/diffPolicies": Request<
    { readonly first: NamedPolicy; readonly second: NamedPolicy },
    { readonly markdown: string } | null
  >;
}

/** What the server says unasked, to a client whose `experimental` capability has it. */
export type NotificationName = "allocpolicy/answersChanged";

export type Method = keyof Requests;
export type ParamsOf<M extends Method> = Requests[M]["params"];
export type ResultOf<M extends Method> = Requests[M]["result"];
