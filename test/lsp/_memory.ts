import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  type DataCallback,
  type Disposable,
  type Message as RpcMessage,
  type MessageReader,
  type MessageWriter,
} from "vscode-languageserver";
import { eachRequest } from "../../server/lsp/each-request.ts";
import type { Host } from "../../server/lsp/host.ts";
import { inTurn } from "../../server/lsp/lifecycle.ts";
import { disk } from "../../server/lsp/node.ts";
import { startServer } from "../../server/lsp/server.ts";
import type { DocumentKind } from "../../server/service/document-kind.ts";
import { DOCUMENT_KINDS } from "../../server/service/kinds/index.ts";
import type { Receiver, Transport } from "./_transport.ts";

/** The same text that a pipe would carry, read again: neither side sees the other's objects. */
const copied = <T>(message: T): T => JSON.parse(JSON.stringify(message));

export class Inbox extends AbstractMessageReader implements MessageReader {
  #take: DataCallback | undefined;

  listen(take: DataCallback): Disposable {
    this.#take = take;
    return { dispose: () => this.close() };
  }

  give(message: RpcMessage): void {
    this.#take?.(message);
  }

  close(): void {
    this.#take = undefined;
  }
}

export class Outbox extends AbstractMessageWriter implements MessageWriter {
  #send: (message: RpcMessage) => void;

  constructor(send: (message: RpcMessage) => void) {
    super();
    this.#send = send;
  }

  write(message: RpcMessage): Promise<void> {
    this.#send(copied(message));
    return Promise.resolve();
  }

  end(): void {}

  close(): void {
    this.#send = () => {};
  }
}

/** However busy the machine is, a file that is there is read. */
const QUIET_DISK: Host = { ...disk, patienceMs: 600_000 };

/** Begins a server in this process that reads the disk, if no other host is given. */
export function inMemory({
  host = QUIET_DISK,
  kinds = DOCUMENT_KINDS,
}: {
  readonly host?: Host;
  readonly kinds?: readonly DocumentKind[];
}): (receiver: Receiver) => Transport {
  return (receiver) => {
    const inbox = new Inbox();
    const outbox = new Outbox((message) => receiver.receive(message));
    const each = eachRequest({ reader: inbox, writer: outbox });
    const watchDog = { shutdownReceived: false, initialize() {}, exit: receiver.ended };
    const connection = createConnection(
      (logger) => createProtocolConnection(each.reader, each.writer, logger, inTurn()),
      watchDog,
      ProposedFeatures.all,
    );
    startServer(connection, host, kinds);
    return {
      send: (message) => inbox.give(copied(message)),
      // What the server is about to say reaches nobody; its connection stays, as an error of its own would reach the
      // next test.
      end() {
        inbox.close();
        outbox.close();
      },
    };
  };
}
