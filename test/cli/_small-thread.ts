// A thread of `check` that has too little memory for files of one name.
import { parentPort } from "node:worker_threads";
import { serveCheck } from "../../server/cli/check/thread.ts";

parentPort?.on("message", (slice: unknown) => {
  if (JSON.stringify(slice).includes("heavy"))
    throw Object.assign(new Error("Worker terminated due to reaching memory limit"), {
      code: "ERR_WORKER_OUT_OF_MEMORY",
    });
});
serveCheck();
