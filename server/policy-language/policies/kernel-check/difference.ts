import type { Effect } from "../../../../grammar/ast.ts";
import type { Api } from "../../../model/apis/api.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import type { Mask } from "../../../model/masks/mask.ts";
import type { Node } from "../../symbolic/node.ts";

/** A promise that a kernel does not keep. */
export interface Broken {
  readonly effect: Effect;
  readonly difference: Difference;
}

/** A function of a kernel that promises are compared with. */
export interface Call {
  readonly kernel: Kernel;
  readonly api: Api;
  /** Where it always fails, as far as the policy takes requests. */
  readonly refused: Node;
}

/** What a kernel does instead of what is promised. */
export interface Difference {
  /** A sentence without its full stop. */
  readonly text: string;
  /** A mask with which it does so, by its names. */
  readonly names: readonly string[];
  /** Whether another kernel does the same with that mask. */
  readonly isSo: (kernel: Kernel, value: Mask) => boolean;
}
