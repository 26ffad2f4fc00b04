/** The calls of devices, below the base address of a cloud. Both ends import this; bodies are JSON. */
export const DEVICE_PATH = '/device/v1';

/** Keys in one fetch at most. The kernel allows fewer. */
export const MOST_ITEMS = 64;
/** Lines in one delivery at most. */
export const MOST_DELIVERED = 1000;

const SHA256 = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;

const object = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

/** JSON Schemas of what devices send. Members that are not here are ignored: a device may be newer than its cloud. */
export const SCHEMAS = {
  fetch: object({
    items: {
      type: 'array',
      maxItems: MOST_ITEMS,
      items: object({
        scope: { enum: ['account', 'device'] },
        store: { enum: ['secret', 'config'] },
        key: { type: 'string', maxLength: 100 },
      }),
    },
  }),
  report: {
    ...object(
      {
        running: object({ sid: { type: 'string', pattern: '^KA[0-9a-f]{32}$' }, sha256: SHA256 }, ['sid', 'sha256']),
        failed: object({ sha256: SHA256 }),
        reason: { enum: ['not-fetched', 'wrong-bytes', 'not-a-guest'] },
      },
      ['running', 'failed', 'reason'],
    ),
    anyOf: [{ required: ['running'] }, { required: ['failed', 'reason'] }],
  },
  log: object({
    source: { type: 'string', minLength: 1, maxLength: 64 },
    number: { type: 'integer', minimum: 1 },
    lines: {
      type: 'array',
      maxItems: MOST_DELIVERED,
      items: object({
        date: { type: 'integer', minimum: 0, maximum: 8_640_000_000_000_000 },
        text: { type: 'string' },
      }),
    },
  }),
  wanted: object({ known: { type: 'integer', minimum: 0 } }, ['known']),
  application: object({ sha256: SHA256 }),
} as const;

/** What a device reports, as it is sent: `running` without members is what it was loaded with. */
export interface ReportBody {
  running?: { sid?: string; sha256?: string };
  failed?: { sha256: string };
  reason?: 'not-fetched' | 'wrong-bytes' | 'not-a-guest';
}

/** Log lines, as they are sent; dates are milliseconds since 1970. */
export interface LogBody {
  source: string;
  number: number;
  lines: { date: number; text: string }[];
}
