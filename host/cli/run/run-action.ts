import { checkTopicFilter, checkTopicName, describeResult } from '../../core/index.js';
import { checkPairs, checkTexts, withUsualPort } from '../options/credential-options.js';
import { coloursFor } from '../output/colours.js';
import { jsonLines } from '../output/json-lines.js';
import { withSignals } from '../process/signals.js';
import { UsageError } from '../process/user-error.js';
import { keepYoungGenerationSmall } from '../process/young-generation.js';
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
  keepYoungGenerationSmall();
  if (folder !== undefined && flags.guest !== undefined) {
    throw new UsageError(`the folder ${folder} and --guest exclude each other: each says what is run`);
  }
  const guest = folder === undefined ? flags.guest : await builtGuest(folder, flags.data);
  const plan = flags.brokerConf === undefined ? undefined : readBrokerConf(flags.brokerConf);
  const { stdout } = process;
  const report = flags.json ? jsonLines(stdout) : runReporter(stdout, coloursFor(stdout));
  await withSignals((stop) => runDevice({ ...withUsualPort(flags), guest, plan }, report, stop));
}

// biome-ignore format: one line
const TEXTS = ['brokerHost', 'brokerConf', 'rootCa', 'cert', 'key', 'username', 'passwordFile', 'clientId', 'guest', 'flash', 'data'] as const;

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
