import { checkTopicFilter, checkTopicName, describeResult } from '../../core/index.js';
import { checkPairs, checkTexts, withUsualPort } from '../options/credential-options.js';
import { coloursFor } from '../output/colours.js';
import { jsonLines } from '../output/json-lines.js';
import { TurnWriter } from '../output/turn-writer.js';
import { withSignals } from '../process/signals.js';
import { UsageError } from '../process/user-error.js';
import { readBrokerConf } from './broker-conf.js';
import { builtGuest } from './guest/built-guest.js';
import { runDevice } from './run-device.js';
import type { RunOptions } from './run-options.js';
import { runReporter } from './run-reporter.js';

export interface RunFlags extends Omit<RunOptions, 'plan'> {
  brokerConf?: string;
  json?: boolean;
  tls: boolean;
}

/**
 * `wasmqtt run`.
 *
 * @param folder an application in C or C++ that is built first
 * @throws what `runDevice` throws; UsageError
 */
export async function runAction(folder: string | undefined, flags: RunFlags): Promise<void> {
  check(flags);
  if (folder !== undefined && flags.guest !== undefined) {
    throw new UsageError(`the folder ${folder} and --guest exclude each other: each says what is run`);
  }
  const guest = folder === undefined ? flags.guest : await builtGuest(folder, flags.data);
  const plan = flags.brokerConf === undefined ? undefined : readBrokerConf(flags.brokerConf);
  const out = new TurnWriter(process.stdout);
  const report = flags.json ? jsonLines(out) : runReporter(out, coloursFor(process.stdout));
  process.once('exit', () => out.flush());
  try {
    await withSignals((stop) => runDevice({ ...withUsualPort(flags), guest, plan }, report, stop));
  } finally {
    out.flush();
  }
}

// biome-ignore format: one line
const TEXTS = ['brokerHost', 'brokerConf', 'rootCa', 'cert', 'key', 'username', 'passwordFile', 'clientId', 'guest', 'flash', 'data', 'cloud', 'deviceKey', 'cloudCa'] as const;

function check(flags: RunFlags): void {
  if (!flags.tls) {
    throw new UsageError(
      '--no-tls: the managed MQTT client requires TLS on all connections; give the TLS port of the broker (usually 8883)',
    );
  }
  checkTexts(flags, TEXTS);
  checkPairs(flags);
  if (flags.brokerConf !== undefined && flags.brokerHost !== undefined) {
    throw new UsageError(
      '--broker-conf and --broker-host exclude each other: --broker-conf is for the embedded broker',
    );
  }
  checkTopic('--publish-topic', flags.publishTopic, checkTopicName);
  checkTopic('--subscribe-topic', flags.subscribeTopic, checkTopicFilter);
}

function checkTopic(option: string, topic: string | undefined, verdict: (topic: string) => number): void {
  const code = topic === undefined ? 0 : verdict(topic);
  if (code < 0) throw new UsageError(`${option} ${JSON.stringify(topic)}: ${describeResult(code)}`);
}
