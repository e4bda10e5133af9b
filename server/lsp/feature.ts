import type { Connection, ServerCapabilities } from "vscode-languageserver";
import type { DocumentKind } from "../service/document-kind.ts";
import type { Abilities } from "./abilities.ts";
import type { Reports } from "./diagnostics.ts";
import type { Finisher } from "./finisher.ts";
import type { Log } from "./guard.ts";
import type { Publisher } from "./publisher.ts";
import type { Session } from "./session.ts";

/** What the features of one connection work with. */
export interface Server {
  readonly connection: Connection;
  readonly session: Session;
  readonly kinds: readonly DocumentKind[];
  readonly publisher: Publisher;
  readonly reports: Reports;
  readonly finisher: Finisher;
  readonly log: Log;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** What the client can do; nothing before it has said so. */
  readonly abilities: () => Abilities;
}

/** The abilities on which the answer to `initialize` hangs, which is given before the server is loaded. */
export type AbilitiesThatCount = Pick<Abilities, "pullsDiagnostics" | "workspaceFolders">;

/** One feature of the protocol, or one request beyond it: what the server says of it, and how it is answered. */
export interface Feature {
  /** Its part of the answer to `initialize`, for a client with these abilities. */
  readonly capability: (abilities: AbilitiesThatCount, kinds: readonly DocumentKind[]) => ServerCapabilities;
  /** Sets the handlers on the connection; called once, before the client has said anything. */
  readonly register: (server: Server) => void;
  /** What is left to be asked of the client once it is ready. */
  readonly initialized?: (server: Server) => void | Promise<void>;
}

/** What all features say together. */
export function capabilitiesOf(
  features: readonly Feature[],
  abilities: AbilitiesThatCount,
  kinds: readonly DocumentKind[],
): ServerCapabilities {
  let all: ServerCapabilities = { positionEncoding: "utf-16" };
  for (const feature of features) {
    const one = feature.capability(abilities, kinds);
    all = {
      ...all,
      ...one,
      ...(one.workspace === undefined ? {} : { workspace: { ...all.workspace, ...one.workspace } }),
      ...(one.experimental === undefined ? {} : { experimental: { ...all.experimental, ...one.experimental } }),
    };
  }
  return all;
}
