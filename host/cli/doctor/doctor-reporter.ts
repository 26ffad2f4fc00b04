import { visible } from '../../node/visible-text.js';
import type { ServerCertificate } from '../../probe/index.js';
import type { Colours } from '../output/colours.js';
import { findingText } from '../output/finding-text.js';
import type { DoctorEvent, DoctorReport } from './doctor-events.js';

/** Lines for people: one for each finding, step and certificate. */
export function doctorReporter(out: NodeJS.WritableStream, colours: Colours): DoctorReport {
  return (event) => {
    for (const line of describe(event, colours)) out.write(`${line}\n`);
  };
}

function describe(event: DoctorEvent, colours: Colours): string[] {
  switch (event.event) {
    case 'finding':
      return [findingText(event, colours)];
    case 'step': {
      const { step, outcome, milliseconds, timeout, detail, certificates = [] } = event;
      const paint = { ok: colours.green, failed: colours.red, skipped: colours.yellow }[outcome];
      const time = outcome === 'skipped' ? '' : ` (${milliseconds} ms of ${timeout})`;
      return [...certificates.map(shown), `${paint(outcome.padEnd(8))} ${step}${time}: ${visible(detail)}`];
    }
    case 'summary': {
      const { stores, errors, warnings, checked, notChecked } = event;
      const verdict =
        errors + warnings === 0
          ? colours.green('all is well')
          : `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
      return [
        `${verdict}: ${visible(stores)}`,
        `checked: ${checked.join('; ')}`,
        ...(notChecked.length > 0 ? [`not checked: ${notChecked.join('; ')}`] : []),
      ];
    }
  }
}

function shown({ subject, issuer, names, notBefore, notAfter }: ServerCertificate): string {
  const dates = `${notBefore.toISOString()} to ${notAfter.toISOString()}`;
  return visible(`shown    ${subject}${names && `, for ${names}`}, issued by ${issuer}, valid ${dates}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
