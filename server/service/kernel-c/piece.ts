import * as all from "./all.ts";

/**
 * All that is said of C. In the bundled server it is a piece of its own (scripts/pieces.ts), which is loaded when this
 * is called first: so it is called when there is a document to ask about, and not before.
 */
export const kernelC = (): typeof all => all;
