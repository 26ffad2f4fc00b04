import type { ServerCertificate } from '../../probe/index.js';
import { type Colors, findingText } from '../output/finding-text.js';
import { printable } from '../output/printable.js';
import type { DoctorEvent, Report } from './doctor-events.js';

/** One JSON object a line, nothing else. */
export function jsonReporter(out: NodeJS.WritableStream): Report {
  return (event) => void out.write(`${JSON.stringify(event)}\n`);
}

/** A line for each finding, step and certificate. */
export function textReporter(out: NodeJS.WritableStream, c: Colors): Report {
  return (event) => {
    for (const line of describe(event, c)) out.write(`${line}\n`);
  };
}

function describe(event: DoctorEvent, c: Colors): string[] {
  switch (event.event) {
    case 'finding':
      return [findingText(event, c)];
    case 'step': {
      const { step, outcome, milliseconds, timeout, detail, certificates = [] } = event;
      const paint = { ok: c.green, failed: c.red, skipped: c.yellow }[outcome];
      const time = outcome === 'skipped' ? '' : ` (${milliseconds} ms of ${timeout})`;
      return [...certificates.map(shown), `${paint(outcome.padEnd(8))} ${step}${time}: ${printable(detail)}`];
    }
    case 'summary': {
      const { stores, errors, warnings, checked, notChecked } = event;
      const verdict =
        errors + warnings === 0 ? c.green('all is well') : `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
      return [
        `${verdict}: ${printable(stores)}`,
        `checked: ${checked.join('; ')}`,
        ...(notChecked.length > 0 ? [`not checked: ${notChecked.join('; ')}`] : []),
      ];
    }
  }
}

function shown({ subject, issuer, names, notBefore, notAfter }: ServerCertificate): string {
  const dates = `${notBefore.toISOString()} to ${notAfter.toISOString()}`;
  return printable(`shown    ${subject}${names && `, for ${names}`}, issued by ${issuer}, valid ${dates}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
