import { InvalidArgumentError } from 'commander';
import { normalizeDeviceSid } from '../../cloud/index.js';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The longest time that a Node timer takes. */
const LONGEST = 0x7fff_ffff;

/** "10s", "500ms", "2m", "1h": milliseconds, at least 1. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const value = match ? Math.round(Number(match[1]) * UNITS[match[2]]) : Number.NaN;
  if (!(value >= 1 && value <= LONGEST)) {
    throw new InvalidArgumentError('Give a number with its unit: 500ms, 10s, 2m, 1h; at most 24 days.');
  }
  return value;
}

/** A TCP port: 1 to 65535; `allowFree` lets 0 through, which means any free port. */
export function parsePort(text: string, allowFree = false): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < (allowFree ? 0 : 1) || port > 65_535) {
    throw new InvalidArgumentError(`Give a port from ${allowFree ? 0 : 1} to 65535.`);
  }
  return port;
}

/** A number of days, 0 to 99999. */
export function parseDays(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number of days, 0 to 99999.');
}

/** A device SID in lower case; nothing for an empty text, as in `MV_DEVICE_SID=`. */
export function parseDeviceSid(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return normalizeDeviceSid(text);
  } catch {
    throw new InvalidArgumentError('Give UV and 32 hex digits.');
  }
}
