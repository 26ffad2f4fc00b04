import { AGAIN, attempts } from '../attempts.js';
import type { ChangeFeed } from '../changes/change-feed.js';
import { ensureDevice } from '../devices/device-record.js';
import type { Engine, EngineRecord, RecordChange, RecordKey } from '../engine/engine.js';
import { readRecord, writeRecord } from '../record-json.js';
import { normalizeDeviceSid } from '../values/value-limits.js';
import type { LogBatch, LogLimits, WrittenLine } from './log-lines.js';

/** A line that a device has written. */
export interface LogLine {
  /** Counts the lines of the device, from 1. */
  sequence: number;
  date: Date;
  text: string;
}

/** A part of a log. */
export interface LogPage {
  /** lines behind this one; default 0 */
  after?: number;
  /** lines that were written then or later */
  since?: Date;
  /** how many lines at most, 1 or more; default 1000 */
  limit?: number;
  /** the last ones instead of the first ones */
  last?: boolean;
}

/** Where a log ends, and what it holds. */
interface LogEnd {
  /** sequence of the last line */
  last: number;
  /** what is kept */
  lines: number;
  bytes: number;
  /** of the first line that is kept, or earlier: milliseconds since 1970 */
  oldest: number;
  /** the last delivery, see {@link DeviceLogs.append} */
  source?: string;
  delivery?: number;
}

const DEFAULT_PAGE = 1000;
/** How many batches may go when one comes. More than one, so that a log comes down to limits that have become lower. */
const MOST_REMOVED = 8;
const SEQUENCE_DIGITS = 16;

/**
 * The log lines of the devices of one account, each device's within the same limits: the oldest make room.
 *
 * A batch of lines is one record, whose key is the sequence of its last line. Every method rejects with StoreError as an `Engine` does,
 * and with `invalid-device-sid`.
 *
 * @example
 * ```ts
 * import { type DeviceLogs, type LogLine, type LogPage, Store, type WrittenLine } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const logs: DeviceLogs = store.logs(accountSid);
 * const lines: WrittenLine[] = [{ date: new Date(), text: 'started' }];
 * await logs.append(deviceSid, lines);
 * const page: LogPage = { last: true, limit: 1 };
 * const [line]: LogLine[] = await logs.read(deviceSid, page);
 * line.text; // => 'started'
 * await store.close();
 * ```
 */
export class DeviceLogs {
  readonly #engine: Engine;
  readonly #accountSid: string;
  readonly #limits: LogLimits;
  readonly #feed: ChangeFeed;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(engine: Engine, accountSid: string, feed: ChangeFeed, limits: LogLimits, now: () => number) {
    this.#engine = engine;
    this.#accountSid = accountSid;
    this.#limits = limits;
    this.#feed = feed;
    this.#now = now;
  }

  /**
   * Adds lines to the log of a device, which is made if it does not exist. Lines that are too long are cut, and of more lines than a log
   * may have the last ones count.
   *
   * @param delivery which batch of its source this is, counted upwards from 1: one that comes again is not taken again
   */
  async append(
    deviceSid: string,
    lines: readonly WrittenLine[],
    delivery?: { source: string; number: number },
  ): Promise<void> {
    const sid = normalizeDeviceSid(deviceSid);
    const batch = this.#limits.batchOf(lines, this.#now());
    if (batch.lines.length === 0) return;
    await ensureDevice(this.#engine, this.#accountSid, sid, this.#now());
    await attempts(`the log of device ${sid}`, async () => {
      const found = await this.#engine.get('device_log_end', this.#prefix(sid));
      const before: LogEnd = found ? readRecord(found) : { last: 0, lines: 0, bytes: 0, oldest: batch.lines[0][0] };
      if (delivery && delivery.source === before.source && delivery.number <= (before.delivery ?? 0)) return;
      const end = extended(before, batch, delivery);
      const removals = await this.#makeRoom(sid, end);
      const { committed } = await this.#engine.commit([
        putEnd(this.#prefix(sid), end, found?.revision),
        {
          op: 'put',
          table: 'device_log',
          key: [...this.#prefix(sid), sequenceKey(end.last)],
          data: writeRecord(batch),
        },
        ...removals,
      ]);
      return committed ? undefined : AGAIN;
    });
  }

  /** Lines of a device, oldest first. Rejects with RangeError when `after` or `limit` is out of range. */
  async read(deviceSid: string, page: LogPage = {}): Promise<LogLine[]> {
    const { after = 0, since, limit = DEFAULT_PAGE, last = false } = page;
    if (!Number.isSafeInteger(after) || after < 0) throw new RangeError(`after must be 0 or more, not ${after}`);
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`limit must be 1 or more, not ${limit}`);
    const sid = normalizeDeviceSid(deviceSid);
    const oldest = Math.max(since?.getTime() ?? 0, this.#limits.oldest(this.#now()));
    const isWanted = ({ sequence, date }: LogLine) => sequence > after && date.getTime() >= oldest;
    return last ? this.#readLast(sid, after, limit, isWanted) : this.#readFirst(sid, after, limit, isWanted);
  }

  /**
   * The lines of a device as they come, in parts; those that are there first.
   *
   * @param signal ends it
   */
  async *follow(deviceSid: string, page: Omit<LogPage, 'last'>, signal: AbortSignal): AsyncGenerator<LogLine[]> {
    const sid = normalizeDeviceSid(deviceSid);
    let after = page.after ?? 0;
    let wake = () => {};
    let news = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const end = this.#feed.subscribe('device_log', this.#accountSid, sid, () => wake());
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        const lines = await this.read(sid, { ...page, after });
        if (signal.aborted) return;
        if (lines.length > 0) {
          after = lines[lines.length - 1].sequence;
          yield lines;
          continue;
        }
        await news;
        news = new Promise((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      end();
    }
  }

  async #readFirst(
    sid: string,
    after: number,
    limit: number,
    isWanted: (line: LogLine) => boolean,
  ): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    let from = after;
    while (lines.length < limit) {
      const range = { after: sequenceKey(from), limit: 64 };
      const records = await this.#engine.list('device_log', this.#prefix(sid), range);
      if (records.length === 0) break;
      for (const record of records) lines.push(...linesOf(record).filter(isWanted));
      from = sequenceOf(records[records.length - 1]);
    }
    return lines.slice(0, limit);
  }

  async #readLast(sid: string, after: number, limit: number, isWanted: (line: LogLine) => boolean): Promise<LogLine[]> {
    const parts: LogLine[][] = [];
    let count = 0;
    let before: string | undefined;
    while (count < limit) {
      const range = { after: sequenceKey(after), before, limit: 64, reverse: true };
      const records = await this.#engine.list('device_log', this.#prefix(sid), range);
      if (records.length === 0) break;
      for (const record of records) {
        const lines = linesOf(record).filter(isWanted);
        parts.unshift(lines);
        count += lines.length;
      }
      before = records[records.length - 1].key[2];
    }
    return parts.flat().slice(-limit);
  }

  /** The oldest batches that make room, as steps of the commit; `end` is told what is left. */
  async #makeRoom(sid: string, end: LogEnd): Promise<RecordChange[]> {
    const old = this.#limits.oldest(this.#now());
    if (end.oldest >= old && !this.#limits.exceededBy(end)) return [];
    const removals: RecordChange[] = [];
    for (const record of await this.#engine.list('device_log', this.#prefix(sid), { limit: MOST_REMOVED })) {
      const { lines, bytes } = readRecord<LogBatch>(record);
      [end.oldest] = lines[lines.length - 1];
      if (end.oldest >= old && !this.#limits.exceededBy(end)) break;
      removals.push({ op: 'remove', table: 'device_log', key: record.key });
      end.lines -= lines.length;
      end.bytes -= bytes;
    }
    return removals;
  }

  #prefix(sid: string): RecordKey {
    return [this.#accountSid, sid];
  }
}

function extended(end: LogEnd, batch: LogBatch, delivery?: { source: string; number: number }): LogEnd {
  return {
    ...end,
    last: end.last + batch.lines.length,
    lines: end.lines + batch.lines.length,
    bytes: end.bytes + batch.bytes,
    ...(delivery ? { source: delivery.source, delivery: delivery.number } : {}),
  };
}

function putEnd(key: RecordKey, end: LogEnd, revision: number | undefined): RecordChange {
  return { op: 'put', table: 'device_log_end', key, data: writeRecord(end), if: revision ?? 'absent' };
}

function sequenceKey(sequence: number): string {
  return sequence.toString(16).padStart(SEQUENCE_DIGITS, '0');
}

function sequenceOf({ key }: EngineRecord): number {
  return Number.parseInt(key[key.length - 1], 16);
}

function linesOf(record: EngineRecord): LogLine[] {
  const { lines } = readRecord<LogBatch>(record);
  const before = sequenceOf(record) - lines.length;
  return lines.map(([date, text], index) => ({ sequence: before + index + 1, date: new Date(date), text }));
}
