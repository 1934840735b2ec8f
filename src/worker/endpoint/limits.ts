/** Bounds of the endpoint itself, in one place so that a test can make them small. */

export interface EndpointLimits {
  headerBytes: number;
  headers: number;
  /** Past this, new connections are closed at once. */
  connections: number;
  /** Answers that one connection may wait for: a caller that sends on and on and reads nothing costs no more. */
  answersPerConnection: number;
  /** A caller that sends its head, or all of its request, more slowly than this is not waited for. */
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  /** What all bodies together may hold that are being read: past it the one that wants more is refused. */
  bodiesInFlightBytes: number;
  /** Of one connection to the port: so many requests at once, and then so many a second. */
  requestBurst: number;
  requestsPerSecond: number;
  /** Of the port as a whole: refused for want of the token or for a foreign page. Past it connections are closed. */
  refusalBurst: number;
  refusalsPerSecond: number;
  /** Calls that are begun before the doors are looked at again. */
  callsPerTurn: number;
  /** How often slow callers are looked for. */
  checkIntervalMs: number;
  /** Long, because a client that reuses a connection in the very moment it is closed has to call again. */
  keepAliveMs: number;
  /** The shortest time between two lines of a watch stream. */
  watchIntervalMs: number;
  /** How long answers under way may take when the endpoint closes. */
  closeGraceMs: number;
}

export const ENDPOINT_LIMITS: EndpointLimits = {
  headerBytes: 16 * 1024,
  headers: 100,
  connections: 512,
  answersPerConnection: 64,
  bodiesInFlightBytes: 64 * 1024 * 1024,
  requestBurst: 1_000,
  requestsPerSecond: 500,
  refusalBurst: 100,
  refusalsPerSecond: 20,
  callsPerTurn: 4,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkIntervalMs: 2_000,
  keepAliveMs: 120_000,
  watchIntervalMs: 200,
  closeGraceMs: 5_000,
};
