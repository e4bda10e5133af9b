/** A message of JSON-RPC, in either direction. */
export interface Message {
  readonly jsonrpc: string;
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** How a client reaches its server. */
export interface Transport {
  readonly send: (message: Message) => void;
  /** Lets go of the server, whatever it is doing. */
  readonly end: () => void;
}

/** What a server tells its client. */
export interface Receiver {
  readonly receive: (message: Message) => void;
  readonly log: (text: string) => void;
  readonly ended: (code: number | null) => void;
}
