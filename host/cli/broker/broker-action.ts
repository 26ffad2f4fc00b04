import { ConfigError, configFindingText, type PlanOptions, type ReadPlan, readBrokerPlan } from '../../broker/index.js';
import { jsonLines } from '../output/json-lines.js';
import { withSignals } from '../process/signals.js';
import { UsageError } from '../process/user-error.js';
import { type BrokerFlags, portsIgnored } from './broker-flags.js';
import { checkReport } from './check-report.js';
import { startDaemon, tellStarter } from './daemon.js';
import { serveBroker } from './serve-broker.js';

/** mosquitto takes as many. */
const MOST_PORTS = 10;

/** `wasmqtt broker`. @throws UserError, UsageError, BrokerError */
export async function brokerAction(flags: BrokerFlags): Promise<void> {
  if ((flags.port?.length ?? 0) > MOST_PORTS) throw new UsageError(`-p: ${MOST_PORTS} ports at most`);
  if (flags.daemon && flags.json)
    throw new UsageError('-d and --json exclude each other: nobody reads what a daemon prints');
  const options: PlanOptions = { ports: flags.port, verbose: flags.verbose };
  const readPlan = () => readBrokerPlan(flags.configFile, options);
  const read = firstRead(readPlan, flags);
  if (flags.check) report(read, flags);
  else if (flags.daemon) await startInBackground(read);
  else await serve(read, readPlan, flags);
}

async function serve(read: ReadPlan, readPlan: () => ReadPlan, flags: BrokerFlags): Promise<void> {
  try {
    await withSignals((stop) => serveBroker({ read, readPlan, flags, stop }));
  } catch (error) {
    await tellStarter({ failed: (error as Error).message });
    throw error;
  }
}

/** @throws UsageError for a configuration with mistakes */
function firstRead(readPlan: () => ReadPlan, { json, check }: BrokerFlags): ReadPlan {
  try {
    return readPlan();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (json && check)
      for (const finding of error.findings) jsonLines(process.stdout)({ event: 'finding', ...finding });
    throw new UsageError(error.message);
  }
}

function report({ plan, warnings }: ReadPlan, { json, configFile, port }: BrokerFlags): void {
  if (json) {
    const print = jsonLines(process.stdout);
    for (const finding of warnings) print({ event: 'finding', ...finding });
    const { log, ...rest } = plan;
    print({ event: 'plan', plan: { ...rest, log: { ...log, types: [...log.types] } } });
    return;
  }
  for (const finding of warnings) process.stderr.write(`${configFindingText(finding)}\n`);
  if (port && !plan.isLocalOnly) process.stderr.write(`${portsIgnored(configFile!)}\n`);
  process.stdout.write(`${checkReport(plan).join('\n')}\n`);
}

async function startInBackground({ warnings }: ReadPlan): Promise<void> {
  for (const finding of warnings) process.stderr.write(`${configFindingText(finding)}\n`);
  await startDaemon(process.argv.slice(2).flatMap(withoutDaemon));
}

/** An argument without `-d`, which may stand among other letters: `-dv`. */
function withoutDaemon(argument: string): string[] {
  if (argument === '-d' || argument === '--daemon') return [];
  return [/^-[dv]+$/.test(argument) ? argument.replaceAll('d', '') : argument];
}
