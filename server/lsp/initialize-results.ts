import type { InitializeResults } from "./first-answer.ts";

/**
 * What `initialize` is answered before the server is loaded. scripts/build.ts puts into the bundle what
 * `initializeResults` of server.ts says; where nothing is bundled, the server itself answers.
 */
export const INITIALIZE_RESULTS: InitializeResults | null = null;
