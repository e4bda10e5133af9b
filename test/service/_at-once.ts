import type { Steps } from "../../server/service/steps.ts";

/** All of it in one go. */
export function atOnce<Made>(steps: Steps<Made>): Made {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
