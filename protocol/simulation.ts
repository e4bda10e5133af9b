// A request run on a state of memory, as the trace view shows it.

/** Where a simulation begins in a file: a request, or an expectation on a state of memory. */
export interface SimulationPlace<Range> {
  readonly request: string;
  /** Null: the first state that there is. */
  readonly memory: string | null;
  readonly range: Range;
}

/** A step of the path: one of the allocator, or a round of several that came again. */
export interface TraceStep {
  /** The kernel function. */
  readonly at: string;
  readonly text: string;
  /** How often the round came that it belongs to; 1: once. */
  readonly times: number;
  /** Which of `pictures` shows memory after it. */
  readonly picture: number;
}

/** A request on a state, under one kernel. */
export interface SimulationAnswer {
  readonly request: string;
  readonly memory: string;
  readonly kernel: string;
  /** What may be chosen instead. */
  readonly requests: readonly string[];
  readonly memories: readonly string[];
  readonly kernels: readonly string[];
  /** What it came to, in a sentence; or why it cannot be run. */
  readonly outcome: string;
  readonly steps: readonly TraceStep[];
  /** Memory, each picture once: an SVG, and the same in words. */
  readonly pictures: readonly { readonly svg: string; readonly words: string }[];
  /** It asks for ranges of pages: its modes can be run side by side. */
  readonly hasModes: boolean;
}

/** The modes of a request side by side: a chart, and the same as text. */
export interface ModesAnswer {
  readonly svg: string;
  readonly text: string;
}
