/** QuestDB's four listeners (https://questdb.com/docs/configuration/overview/). */
export const PORTS = [
  /** SQL over HTTP, the console, and ILP over HTTP. */
  { name: 'http', port: 9000 },
  /** PostgreSQL wire. */
  { name: 'postgres', port: 8812 },
  /** ILP over TCP. */
  { name: 'ilp', port: 9009 },
  /** The minimal HTTP server: /status and /metrics, never with a password. */
  { name: 'http-min', port: 9003 },
] as const;

export type PortName = (typeof PORTS)[number]['name'];

/** What clients use; the other one is for probes and metrics, and asks for no password. */
export const CLIENT_PORTS: readonly PortName[] = ['http', 'postgres', 'ilp'];

export const portOf = (name: PortName): number => PORTS.find((port) => port.name === name)?.port ?? 0;
