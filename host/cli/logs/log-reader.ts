import type { CloudClient, LogLine, Store } from '../../cloud/index.js';

/** The log of one device. */
export interface LogReader {
  /** Lines behind `after` that were written at `since` or later; the last ones with `last`. */
  read(page: { after: number; since: Date | undefined; limit: number; last?: boolean }): Promise<LogLine[]>;
  /** Lines behind `after` as they come, until the signal is aborted. */
  follow(after: number, signal: AbortSignal): AsyncIterable<LogLine[]>;
}

/** Rejects with StoreError `not-found` when there is no such device. */
export async function storedLog(store: Store, accountSid: string, device: string): Promise<LogReader> {
  const { sid } = await store.devices(accountSid).fetch(device);
  const logs = store.logs(accountSid);
  return { read: (page) => logs.read(sid, page), follow: (after, signal) => logs.follow(sid, { after }, signal) };
}

/** Seconds that a call waits for lines; shorter than the client has patience for. */
const WAIT = 20;

export function remoteLog(client: CloudClient, device: string): LogReader {
  return {
    read: (page) => client.readLog(device, page),
    async *follow(from, signal) {
      for (let after = from; !signal.aborted; ) {
        const lines = await client.readLog(device, { after, wait: WAIT });
        after = lines.at(-1)?.sequence ?? after;
        if (lines.length > 0) yield lines;
      }
    },
  };
}
