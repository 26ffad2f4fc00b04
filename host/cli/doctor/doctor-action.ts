import { CONFIG_KEYS, examine, ruleOf } from '../../credentials/index.js';
import { checkTexts } from '../options/credential-options.js';
import type { StoresOptions } from '../options/stores-options.js';
import { coloursFor } from '../output/colours.js';
import { jsonLines } from '../output/json-lines.js';
import { UserError } from '../process/user-error.js';
import type { DoctorReport } from './doctor-events.js';
import { doctorReporter } from './doctor-reporter.js';
import { type DeviceStores, readStores } from './read-stores.js';
import { type ConnectOptions, tryConnection } from './try-connection.js';

export interface DoctorFlags extends StoresOptions, Omit<ConnectOptions, 'now'> {
  connect?: boolean;
  json?: boolean;
}

/** `wasmqtt doctor`. @throws UserError when it found an error; what `readStores` throws; UsageError */
export async function doctorAction(flags: DoctorFlags): Promise<void> {
  checkTexts(flags, ['cloud', 'data']);
  const { stdout } = process;
  const report: DoctorReport = flags.json ? jsonLines(stdout) : doctorReporter(stdout, coloursFor(stdout));
  const stores = await readStores(flags);
  const counts = { error: 0, warning: 0 };
  const counted: DoctorReport = (event) => {
    if (event.event === 'finding') counts[event.severity]++;
    report(event);
  };
  const now = new Date();
  const { warnDays, authentication } = flags;
  const { values, provision, remove } = stores;
  for (const finding of examine(values, { now, warnDays, authentication, provision, remove })) {
    counted({ event: 'finding', ...finding });
  }
  const undone = flags.connect
    ? await tryConnection(stores, { ...flags, now }, counted)
    : ['the connection to the broker (--connect)'];
  report({
    event: 'summary',
    stores: stores.place,
    errors: counts.error,
    warnings: counts.warning,
    checked: checkedOf(stores, flags, flags.connect === true && undone.length === 0),
    notChecked: [...hiddenOf(stores), ...undone],
  });
  if (counts.error > 0) {
    throw new UserError(`${counts.error === 1 ? 'one error' : `${counts.error} errors`}; fix what is reported above`);
  }
}

function checkedOf({ values }: DeviceStores, { warnDays }: DoctorFlags, connected: boolean): string[] {
  const names = CONFIG_KEYS.filter((key) =>
    (ruleOf(key).store === 'config' ? values.configs : values.secrets).has(key),
  );
  return [
    'names and stores of the keys',
    ...(names.length > 0
      ? [
          `the values of ${names.join(', ')}: hex, DER, kind of key, dates (${warnDays} days ahead), key and certificate, chain, host, port, limits`,
        ]
      : []),
    ...(connected ? ['the connection to the broker'] : []),
  ];
}

function hiddenOf({ values }: DeviceStores): string[] {
  const hidden = CONFIG_KEYS.filter((key) => values.hiddenSecrets?.has(key));
  return hidden.length > 0 ? [`the values of ${hidden.join(', ')}: only the device can read secrets`] : [];
}
