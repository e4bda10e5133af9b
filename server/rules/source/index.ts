// Written by scripts/indexes.ts: one line for each file of this folder.
import { blockabilityByComposite } from "./blockability-by-composite.ts";
import { directPfMemalloc } from "./direct-pf-memalloc.ts";
import { highOrderWithoutComp } from "./high-order-without-comp.ts";
import { highmemPageAddress } from "./highmem-page-address.ts";
import { ignoredMask } from "./ignored-mask.ts";
import { kreallocLeak } from "./krealloc-leak.ts";
import { kvmallocForDma } from "./kvmalloc-for-dma.ts";
import { mempoolNested } from "./mempool-nested.ts";
import { mismatchedFree } from "./mismatched-free.ts";
import { openCodedNofail } from "./open-coded-nofail.ts";
import { swappedArguments } from "./swapped-arguments.ts";
import { unbalancedScope } from "./unbalanced-scope.ts";
import { uncheckedObject } from "./unchecked-object.ts";
import { userspaceSizeUnaccounted } from "./userspace-size-unaccounted.ts";
import type { SourceRule } from "../source-rule.ts";

export const ALL_SOURCE_RULES: readonly SourceRule[] = [
  blockabilityByComposite,
  directPfMemalloc,
  highOrderWithoutComp,
  highmemPageAddress,
  ignoredMask,
  kreallocLeak,
  kvmallocForDma,
  mempoolNested,
  mismatchedFree,
  openCodedNofail,
  swappedArguments,
  unbalancedScope,
  uncheckedObject,
  userspaceSizeUnaccounted,
];
