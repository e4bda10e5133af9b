import { main } from "./main.ts";
import type { Io } from "./command.ts";

/** The door of the command line on Node: the only file here that touches the process. */
process.stdin.setEncoding("utf8");

const io: Io = {
  cwd: process.cwd(),
  input: process.stdin,
  write: (text) =>
    new Promise((resolve) => {
      if (process.stdout.write(text)) resolve();
      else process.stdout.once("drain", resolve);
    }),
  warn: (text) => {
    process.stderr.write(text);
  },
};

// A reader that has seen enough (`| head`) closes the pipe: that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

void main(process.argv.slice(2), io).then((status) => {
  process.exitCode = status;
});
