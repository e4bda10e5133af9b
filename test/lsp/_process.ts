import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Message, Receiver, Transport } from "./_transport.ts";

export const SERVER = fileURLToPath(new URL("../../server/lsp/main.ts", import.meta.url));

/** The server as an editor starts it, over standard input and output. */
export class ServerProcess {
  readonly process: ChildProcess = spawn(process.execPath, ["--no-warnings", SERVER, "--stdio"], {
    stdio: ["pipe", "pipe", "pipe"],
  });

  begin(receiver: Receiver): Transport {
    let buffer: Buffer = Buffer.alloc(0);
    this.process.stdout?.on("data", (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (;;) {
        const head = buffer.indexOf("\r\n\r\n");
        if (head < 0) return;
        const end = head + 4 + Number(/Content-Length: (\d+)/i.exec(buffer.toString("latin1", 0, head))?.[1]);
        if (buffer.length < end) return;
        const message: Message = JSON.parse(buffer.toString("utf8", head + 4, end));
        buffer = buffer.subarray(end);
        receiver.receive(message);
      }
    });
    this.process.stderr?.on("data", (chunk: Buffer) => receiver.log(String(chunk)));
    // A server that has ended takes no more input; whoever waits for an answer is told by its exit.
    this.process.stdin?.on("error", () => {});
    this.process.on("exit", (code) => receiver.ended(code));
    return {
      send: (message) => {
        const body = Buffer.from(JSON.stringify(message));
        this.write(`Content-Length: ${body.length}\r\n\r\n`, body);
      },
      end: () => void this.process.kill("SIGKILL"),
    };
  }

  /** Sends bytes as they are. */
  write(...parts: readonly (string | Buffer)[]): void {
    for (const part of parts) this.process.stdin?.write(part);
  }

  /** Resident memory in bytes; null where /proc does not tell. */
  residentBytes(): number | null {
    const path = `/proc/${this.process.pid}/status`;
    if (!existsSync(path)) return null;
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(path, "utf8"));
    return line === null ? null : Number(line[1]) * 1024;
  }
}
