import { ConfigError } from '../../broker/index.js';
import { jsonLines } from '../output/json-lines.js';
import { withSignals } from '../process/signals.js';
import { UsageError } from '../process/user-error.js';
import type { BrokerFlags } from './broker-flags.js';
import { startDaemon, tellStarter } from './daemon.js';
import { openSource } from './profile/open-source.js';
import { serveBroker } from './serve-broker.js';
import type { BrokerSource } from './source/broker-source.js';

/** mosquitto takes as many. */
const MOST_PORTS = 10;

/** `wasmqtt broker`. @throws UserError, UsageError, BrokerError */
export async function brokerAction(flags: BrokerFlags): Promise<void> {
  if ((flags.port?.length ?? 0) > MOST_PORTS) throw new UsageError(`-p: ${MOST_PORTS} ports at most`);
  if (flags.daemon && flags.json)
    throw new UsageError('-d and --json exclude each other: nobody reads what a daemon prints');
  const source = await firstSource(flags);
  if (flags.check) report(source, flags);
  else if (flags.daemon) await startInBackground(source);
  else await serve(source, flags);
}

async function serve(source: BrokerSource, flags: BrokerFlags): Promise<void> {
  try {
    await withSignals((stop) => serveBroker({ source, flags, stop }));
  } catch (error) {
    await tellStarter({ failed: (error as Error).message });
    throw error;
  }
}

/** @throws UsageError for a configuration with mistakes */
async function firstSource(flags: BrokerFlags): Promise<BrokerSource> {
  try {
    return await openSource(flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (flags.json && flags.check)
      for (const finding of error.findings) jsonLines(process.stdout)({ event: 'finding', ...finding });
    throw new UsageError(error.message);
  }
}

function report(source: BrokerSource, { json }: BrokerFlags): void {
  const { events, lines, warnings } = source.report();
  if (json) {
    for (const event of events) jsonLines(process.stdout)(event);
    return;
  }
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function startInBackground(source: BrokerSource): Promise<void> {
  for (const warning of source.report().warnings) process.stderr.write(`${warning}\n`);
  await startDaemon(process.argv.slice(2).flatMap(withoutDaemon));
}

/** An argument without `-d`, which may stand among other letters: `-dv`. */
function withoutDaemon(argument: string): string[] {
  if (argument === '-d' || argument === '--daemon') return [];
  return [/^-[dv]+$/.test(argument) ? argument.replaceAll('d', '') : argument];
}
