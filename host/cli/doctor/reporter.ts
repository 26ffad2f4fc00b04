import { createColors } from 'picocolors';
import { printable } from '../printable.js';
import type { DoctorEvent, Report } from './events.js';

/** One JSON object a line, nothing else. */
export function jsonReporter(out: NodeJS.WritableStream): Report {
  return (event) => void out.write(`${JSON.stringify(event)}\n`);
}

/** A line for each finding and each step. */
export function textReporter(out: NodeJS.WritableStream, colour: boolean): Report {
  const c = createColors(colour);
  const paint = { error: c.red, warning: c.yellow, ok: c.green, failed: c.red, skipped: c.yellow };
  return (event) => {
    for (const line of describe(event)) {
      const [, head, rest] = /^(\w+)(.*)$/s.exec(line) ?? [];
      out.write(`${head in paint ? paint[head as keyof typeof paint](head) : head}${printable(rest)}\n`);
    }
  };
}

function describe(event: DoctorEvent): string[] {
  switch (event.event) {
    case 'finding': {
      const { severity, trap, where, what, why, remedy } = event;
      return [`${severity.padEnd(8)} ${where}: ${what} ${why} Mend: ${remedy} [${trap}]`];
    }
    case 'step': {
      const { step, outcome, milliseconds, timeout, detail, certificates = [] } = event;
      const shown = certificates.map(({ subject, issuer, names, notBefore, notAfter }) => {
        const dates = `${notBefore.toISOString()} to ${notAfter.toISOString()}`;
        return `shown    ${subject}${names && `, for ${names}`}, issued by ${issuer}, valid ${dates}`;
      });
      const time = outcome === 'skipped' ? '' : ` (${milliseconds} ms of ${timeout})`;
      return [...shown, `${outcome.padEnd(8)} ${step}${time}: ${detail}`];
    }
    case 'summary': {
      const { stores, errors, warnings, checked, notChecked } = event;
      const verdict =
        errors + warnings === 0 ? 'all is well' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
      return [
        `${verdict}: ${stores}`,
        `checked: ${checked.join('; ')}`,
        ...(notChecked.length > 0 ? [`not checked: ${notChecked.join('; ')}`] : []),
      ];
    }
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
