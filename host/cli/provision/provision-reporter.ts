import { visible } from '../../node/visible-text.js';
import { doctorReporter } from '../doctor/doctor-reporter.js';
import type { Colours } from '../output/colours.js';
import { findingText } from '../output/finding-text.js';
import type { ProvisionReport, ProvisionSummary } from './provision-events.js';

const SCRIPT_HEAD = `# For bash -e, with TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN exported. For an address of this machine, "wasmqtt cloud" must
# run; it prints what to export. These commands run one after the other: not all or none, as "wasmqtt provision" writes.
`;

/**
 * Lines for people. What was done goes to `out`, and so do the commands of a dry run, as a script; all else goes to `log`.
 */
export function provisionReporter(
  out: NodeJS.WritableStream,
  log: NodeJS.WritableStream,
  colours: Colours,
  logColours: Colours,
): ProvisionReport {
  const paint = { created: colours.green, updated: colours.green, unchanged: colours.dim, removed: colours.yellow };
  const stepReport = doctorReporter(log, logColours);
  let isScript = false;
  return (event) => {
    switch (event.event) {
      case 'finding':
        log.write(`${findingText(event, logColours)}\n`);
        break;
      case 'step':
        stepReport(event);
        break;
      case 'value': {
        const { how, store, key, value = `${event.characters} characters` } = event;
        out.write(
          `${paint[how](how.padEnd(9))}  ${store.slice(0, -1).padEnd(6)}  ${key.padEnd(11)}  ${visible(value)}\n`,
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
        writeSummary(event, out, log, colours);
    }
  };
}

function writeSummary(
  event: ProvisionSummary,
  out: NodeJS.WritableStream,
  log: NodeJS.WritableStream,
  colours: Colours,
): void {
  const { target, scope, deviceSid, dryRun, created, updated, unchanged, removed, errors, warnings } = event;
  const place = `${scope === 'account' ? 'the account' : `device ${deviceSid}`} in ${target}`;
  const counts = `${created} created, ${updated} updated, ${unchanged} unchanged${removed ? `, ${removed} removed` : ''}`;
  const found = `${errors} errors, ${warnings} warnings`;
  if (dryRun) log.write(`dry run: ${counts}, for ${place}; ${found}; nothing was written\n`);
  else if (created + updated + unchanged + removed > 0)
    out.write(`${colours.bold('done')}  ${counts}, for ${place}; ${found}\n`);
}
