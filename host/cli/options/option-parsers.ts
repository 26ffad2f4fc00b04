import { InvalidArgumentError } from 'commander';
import { isPort, LARGEST_PORT } from '../../node/ports.js';
import { LONGEST_TIMER } from '../../node/timers.js';
import { MOST_WASM_MEMORIES } from '../../node/wasm-memories.js';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "10s", "500ms", "2m", "1h" in milliseconds, at least 1. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const value = match ? Math.round(Number(match[1]) * UNITS[match[2]]) : Number.NaN;
  if (!(value >= 1 && value <= LONGEST_TIMER)) {
    throw new InvalidArgumentError('Give a number with its unit: 500ms, 10s, 2m, 1h; at most 24 days.');
  }
  return value;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/;

/** A date (of UTC), a date with time and offset (RFC 3339), or a duration before now. */
export function parseSince(text: string): Date {
  if (DATE_TIME.test(text)) {
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) return date;
  } else if (/^[\d.]+(ms|s|m|h|d)$/.test(text)) return new Date(Date.now() - parseDuration(text));
  throw new InvalidArgumentError('Give a duration (10m, 2h, 1d), or a date and time: 2026-01-31T12:00:00Z.');
}

/** A TCP port, 1 to 65535. With `allowFree` also 0, which means any free port. */
export function parsePort(text: string, allowFree = false): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (isPort(port) || (allowFree && port === 0)) return port;
  throw new InvalidArgumentError(`Give a port from ${allowFree ? 0 : 1} to ${LARGEST_PORT}.`);
}

/** A number of days, 0 to 99999. */
export function parseDays(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number of days, 0 to 99999.');
}

/** A validity of certificates in days, 1 to 3650. */
export function parseValidity(text: string): number {
  return parseCount(text, 3650);
}

/** A device SID in lower case; undefined for an empty text, as in `MV_DEVICE_SID=`. */
export function parseDeviceSid(text: string): string | undefined {
  if (text === '') return undefined;
  if (/^UV[0-9a-fA-F]{32}$/.test(text)) return `UV${text.slice(2).toLowerCase()}`;
  throw new InvalidArgumentError('Give UV and 32 hex digits.');
}

const MOST_DEVICES = 100_000;

/** A number of devices, 1 to 100,000. */
export function parseDevices(text: string): number {
  return parseCount(text, MOST_DEVICES);
}

/** A number of devices, 1 to 12,000: each has a memory. */
export function parseDevicesPerProcess(text: string): number {
  return parseCount(text, MOST_WASM_MEMORIES);
}

const MOST_MEBIBYTES = 1024;

/** MiB, 1 to 1024, as bytes. */
export function parseMebibytes(text: string): number {
  return parseCount(text, MOST_MEBIBYTES) * 1024 * 1024;
}

/** A duration of 100 milliseconds at least: a thread that is only late is not to be ended. */
export function parseWatchdog(text: string): number {
  const duration = parseDuration(text);
  if (duration < 100) throw new InvalidArgumentError('Give 100ms or more.');
  return duration;
}

const MOST_CONNECTIONS = 99_999;

/** A number of connections, 1 to 99,999. */
export function parseConnections(text: string): number {
  return parseCount(text, MOST_CONNECTIONS);
}

function parseCount(text: string, most: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new InvalidArgumentError(`Give a number from 1 to ${most}.`);
}

/** One more value of an option that may be given again. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

const HOST = /^(\*|(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/;

/** One more host that HTTP may reach, in lower case: a name, `*.example.com`, `*`, an address. */
export function parseAllowedHost(text: string, before: readonly string[] = []): string[] {
  const host = text.toLowerCase();
  if (HOST.test(host)) return [...before, host];
  throw new InvalidArgumentError(
    'Give a host as it stands in a URL, without scheme, port or path; *.example.com is every host below it, * any host.',
  );
}
