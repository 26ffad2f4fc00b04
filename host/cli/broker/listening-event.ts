import type { Listener } from '../../broker/index.js';

/** The first line of `--json`: what is open. A Unix socket has its file as host, and port 0. */
export interface ListeningEvent {
  event: 'listening';
  listeners: { protocol: string; host: string; port: number }[];
}

export function listeningEvent(listeners: readonly Listener[]): ListeningEvent {
  return { event: 'listening', listeners: listeners.map(({ protocol, host, port }) => ({ protocol, host, port })) };
}
