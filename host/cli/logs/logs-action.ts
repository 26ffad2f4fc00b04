import { CloudClientError, type LogLine } from '../../cloud/index.js';
import { LONGEST_TIMER } from '../../node/timers.js';
import { visible } from '../../node/visible-text.js';
import { coloursFor } from '../output/colours.js';
import { jsonLines } from '../output/json-lines.js';
import { withSignals } from '../process/signals.js';
import { withLocalAccount } from '../services/local-account.js';
import { remoteCloud } from '../services/remote-cloud.js';
import { type LogReader, remoteLog, storedLog } from './log-reader.js';

export interface LogsFlags {
  follow?: boolean;
  since?: Date;
  cloud?: string;
  data: string;
  store?: string;
  masterKeyCommand?: string;
  json?: boolean;
}

const PAGE = 1000;
/** Lines before those that come, unless `--since` says which. */
const LINES_BEFORE = 10;

/** `wasmqtt logs`. @throws UserError, StoreError, CloudClientError */
export function logsAction(device: string, flags: LogsFlags): Promise<void> {
  return withSignals(async (stop) => {
    const write = flags.json ? jsonEvents(process.stdout) : linesForPeople(process.stdout);
    if (flags.cloud === undefined) {
      await withLocalAccount(flags, async (store, accountSid) => {
        await show(await storedLog(store, accountSid, device), flags, write, stop);
      });
      return;
    }
    try {
      await show(remoteLog(remoteCloud(flags.cloud, process.env, stop), device), flags, write, stop);
    } catch (error) {
      const isEnded = error instanceof CloudClientError && error.code === 'aborted';
      if (!isEnded) throw error;
    }
  });
}

async function show(
  log: LogReader,
  { follow, since }: LogsFlags,
  write: (line: LogLine) => void,
  stop: AbortSignal,
): Promise<void> {
  const isTail = follow && since === undefined;
  const begin = { after: 0, since, limit: isTail ? LINES_BEFORE : PAGE, last: isTail };
  let lines = await log.read(begin);
  let after = 0;
  while (lines.length > 0 && !stop.aborted) {
    for (const line of lines) write(line);
    after = lines[lines.length - 1].sequence;
    lines = lines.length < begin.limit || isTail ? [] : await log.read({ ...begin, after });
  }
  if (!follow) return;
  // Who waits for news of a store keeps no process.
  const alive = setInterval(() => {}, LONGEST_TIMER);
  try {
    for await (const part of log.follow(after, stop)) for (const line of part) write(line);
  } finally {
    clearInterval(alive);
  }
}

function jsonEvents(out: NodeJS.WriteStream): (line: LogLine) => void {
  const write = jsonLines(out);
  return (line) => write({ event: 'log', ...line });
}

function linesForPeople(out: NodeJS.WriteStream): (line: LogLine) => void {
  const { dim } = coloursFor(out);
  return ({ date, text }) => out.write(`${dim(date.toISOString())}  ${visible(text)}\n`);
}
