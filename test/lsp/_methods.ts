import * as protocol from "vscode-languageserver";
import { field } from "./_client.ts";

/** A request that clients may send, and where the server says that it answers it, as the protocol has it. */
export interface Standard {
  readonly method: string;
  readonly capability: readonly string[];
}

export function standardRequests(): readonly Standard[] {
  return Object.values(protocol).flatMap((one: unknown): readonly Standard[] => {
    const [method, direction, server] = [
      field(one, "method"),
      field(one, "messageDirection"),
      field(field(one, "capabilities"), "server"),
    ];
    if (typeof method !== "string" || typeof server !== "string" || direction === "serverToClient") return [];
    const type = field(one, "type");
    return type instanceof protocol.ProtocolNotificationType || type instanceof protocol.ProtocolNotificationType0
      ? []
      : [{ method, capability: server.split(".") }];
  });
}

/** The notifications of the protocol that clients may send, but for `exit`. */
export function standardNotifications(): readonly string[] {
  return Object.values(protocol).flatMap((one: unknown): readonly string[] => {
    const [method, direction, type] = [field(one, "method"), field(one, "messageDirection"), field(one, "type")];
    const isNotification =
      type instanceof protocol.ProtocolNotificationType || type instanceof protocol.ProtocolNotificationType0;
    return typeof method !== "string" || direction === "serverToClient" || !isNotification || method === "exit"
      ? []
      : [method];
  });
}
