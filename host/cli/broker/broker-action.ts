import { ConfigError } from '../../broker/index.js';
import type { Generation } from '../../dojot/generation.js';
import { jsonLines } from '../output/json-lines.js';
import { withSignals } from '../process/signals.js';
import { UsageError } from '../process/user-error.js';
import type { BridgesInBroker } from './bridges/bridges-in-broker.js';
import type { BrokerFlags } from './broker-flags.js';
import { startDaemon, tellStarter } from './daemon.js';
import type { DojotFlags } from './profile/dojot/dojot-flags.js';
import { openSource } from './profile/open-source.js';
import { serveBroker } from './serve-broker.js';
import type { BrokerSource, Report } from './source/broker-source.js';

/** mosquitto takes as many. */
const MOST_PORTS = 10;

/** `wasmqtt broker`. @throws UserError, UsageError, BrokerError */
export async function brokerAction(flags: BrokerFlags): Promise<void> {
  if ((flags.port?.length ?? 0) > MOST_PORTS) throw new UsageError(`-p: ${MOST_PORTS} ports at most`);
  if (flags.daemon && flags.json)
    throw new UsageError('-d and --json exclude each other: nobody reads what a daemon prints');
  const source = await firstSource(flags);
  const bridges = await bridgesOf(flags);
  const reports = [source.report(), ...(bridges ? [bridges.report()] : [])];
  if (flags.check) report(reports, flags);
  else if (flags.daemon) await startInBackground(reports);
  else await serve(source, bridges, flags);
}

/** What `--bridges` asks for. @throws UsageError for variables that cannot be used */
async function bridgesOf({ bridges, ...flags }: BrokerFlags): Promise<BridgesInBroker | undefined> {
  if (!bridges) return undefined;
  const { generation = '1' } = flags as DojotFlags;
  return new (await import('./bridges/bridges-in-broker.js')).BridgesInBroker(
    bridges,
    Number(generation) as Generation,
  );
}

async function serve(source: BrokerSource, bridges: BridgesInBroker | undefined, flags: BrokerFlags): Promise<void> {
  try {
    await withSignals((stop) => serveBroker({ source, bridges, flags, stop }));
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

function report(reports: readonly Report[], { json }: BrokerFlags): void {
  if (json) {
    for (const event of reports.flatMap(({ events }) => events)) jsonLines(process.stdout)(event);
    return;
  }
  warn(reports);
  for (const line of reports.flatMap(({ lines }) => lines)) process.stdout.write(`${line}\n`);
}

function warn(reports: readonly Report[]): void {
  for (const warning of reports.flatMap(({ warnings }) => warnings)) process.stderr.write(`${warning}\n`);
}

async function startInBackground(reports: readonly Report[]): Promise<void> {
  warn(reports);
  await startDaemon(process.argv.slice(2).flatMap(withoutDaemon));
}

/** An argument without `-d`, which may stand among other letters: `-dv`. */
function withoutDaemon(argument: string): string[] {
  if (argument === '-d' || argument === '--daemon') return [];
  return [/^-[dv]+$/.test(argument) ? argument.replaceAll('d', '') : argument];
}
