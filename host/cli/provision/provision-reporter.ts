import type { StoreName } from '../../cloud/index.js';
import type { Finding } from '../../credentials/index.js';
import type { DoctorEvent } from '../doctor/doctor-events.js';
import { textReporter } from '../doctor/doctor-reporter.js';
import { type Colors, findingText } from '../output/finding-text.js';
import { printable } from '../output/printable.js';

export type How = 'created' | 'updated' | 'unchanged' | 'removed';

/** What a value was or would be done to. `value` is left out for secrets and for what is too long to be read. */
export interface Done {
  store: StoreName;
  key: string;
  how: How;
  value?: string;
  characters: number;
}

export type ProvisionEvent =
  | ({ event: 'finding' } & Finding)
  | ({ event: 'value' } & Done)
  | Extract<DoctorEvent, { event: 'step' }>
  | { event: 'command'; store: StoreName; key: string; command: string }
  | { event: 'error'; message: string; unrestored: { store: StoreName; key: string; holds: string }[]; undo: string[] }
  | Summary;

export interface Summary {
  event: 'summary';
  target: string;
  scope: 'account' | 'device';
  deviceSid?: string;
  dryRun: boolean;
  created: number;
  updated: number;
  unchanged: number;
  removed: number;
  errors: number;
  warnings: number;
}

export type Report = (event: ProvisionEvent) => void;

/** One JSON object a line, nothing else. */
export function jsonReport(out: NodeJS.WritableStream): Report {
  return (event) => void out.write(`${JSON.stringify(event)}\n`);
}

const SCRIPT_HEAD = `# For bash -e, with TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN exported. At an address of this machine "wasmqtt cloud" must
# run, which prints what to export. One command after the other: not all or none, as "wasmqtt provision" does it.
`;

/** What was done goes to `out`, so do the commands of a dry run, as a script; all else goes to `log`. */
export function textReport(out: NodeJS.WritableStream, log: NodeJS.WritableStream, c: Colors, logC: Colors): Report {
  const paint = { created: c.green, updated: c.green, unchanged: c.dim, removed: c.yellow };
  const stepReport = textReporter(log, logC);
  let isScript = false;
  return (event) => {
    switch (event.event) {
      case 'finding':
        log.write(`${findingText(event, logC)}\n`);
        break;
      case 'step':
        stepReport(event);
        break;
      case 'value': {
        const { how, store, key, value = `${event.characters} characters` } = event;
        out.write(
          `${paint[how](how.padEnd(9))}  ${store.slice(0, -1).padEnd(6)}  ${key.padEnd(11)}  ${printable(value)}\n`,
        );
        break;
      }
      case 'command':
        if (!isScript) out.write(SCRIPT_HEAD);
        isScript = true;
        out.write(`\n${event.command}\n`);
        break;
      case 'error':
        if (event.undo.length > 0) log.write(`These commands put old values back:\n\n${event.undo.join('\n\n')}\n\n`);
        break;
      case 'summary':
        summary(event, out, log, c);
    }
  };
}

function summary(event: Summary, out: NodeJS.WritableStream, log: NodeJS.WritableStream, c: Colors): void {
  const { target, scope, deviceSid, dryRun, created, updated, unchanged, removed, errors, warnings } = event;
  const place = `${scope === 'account' ? 'the account' : `device ${deviceSid}`} in ${target}`;
  const counts = `${created} created, ${updated} updated, ${unchanged} unchanged${removed ? `, ${removed} removed` : ''}`;
  const found = `${errors} errors, ${warnings} warnings`;
  if (dryRun) log.write(`dry run: ${counts}, for ${place}; ${found}; nothing was written\n`);
  else if (created + updated + unchanged + removed > 0)
    out.write(`${c.bold('done')}  ${counts}, for ${place}; ${found}\n`);
}
