import { isIP } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';
import { parsePort } from './option-parsers.js';

/** Where a status server listens. */
export interface StatusAddress {
  host: string;
  port: number;
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
