import { isIP } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';
import type { BridgeKind } from '../../dojot/bridge/index.js';
import { parsePort } from './option-parsers.js';

/** Where a status server listens. */
export interface StatusAddress {
  host: string;
  port: number;
}

const BRIDGES: readonly BridgeKind[] = ['v2k', 'k2v'];

export function bridgesOption(): Option {
  const what = "carry between this broker and Kafka, as dojot's bridges of these names do: v2k, k2v, or v2k,k2v";
  return new Option('--bridges <names>', what).argParser(parseBridges);
}

function parseBridges(text: string): BridgeKind[] {
  const names = text.split(',');
  const kinds = BRIDGES.filter((kind) => names.includes(kind));
  if (kinds.length !== names.length) throw new InvalidArgumentError('Give v2k, k2v, or v2k,k2v.');
  return kinds;
}

export function deadLettersOption(): Option {
  return new Option('--dead-letters <topic>', 'Kafka topic that keeps what cannot go on, with the reason');
}

export function statusOption(): Option {
  return new Option(
    '--status <address>',
    'serve /health, /live, /ready and /metrics: PORT of 127.0.0.1, or ADDRESS:PORT, also for other machines',
  ).argParser(parseStatus);
}

function parseStatus(text: string): StatusAddress {
  const [, bracketed, plain = bracketed ?? '127.0.0.1', port] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d+)$/.exec(text) ?? [];
  if (port === undefined || isIP(plain) === 0) throw new InvalidArgumentError('Give PORT, or ADDRESS:PORT.');
  return { host: plain, port: parsePort(port, true) };
}
