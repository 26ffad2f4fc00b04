import { visible } from '../../node/visible-text.js';
import type { Colours } from '../output/colours.js';
import { jsonLines } from '../output/json-lines.js';
import type { PolicyEvent, PolicyReport } from './policy-events.js';

/** Lines for people, or one JSON object a line. */
export function policyReporter(out: NodeJS.WritableStream, colours: Colours, json = false): PolicyReport {
  if (json) return jsonLines(out);
  return (event) => {
    for (const line of describe(event, colours)) out.write(`${line}\n`);
  };
}

function describe(event: PolicyEvent, colours: Colours): string[] {
  switch (event.event) {
    case 'decision': {
      const { allowed, action, resource, count = 1, text, nearest, edit } = event;
      const verdict = allowed ? colours.green('allowed') : colours.red('refused');
      return [
        `${verdict}  ${action} ${visible(resource)}${count > 1 ? colours.dim(` (${count} times)`) : ''}`,
        `         ${visible(text)}`,
        ...(nearest === undefined ? [] : [`         nearest: ${visible(nearest)}`]),
        ...(edit ? [`         to allow it: ${visible(edit)}`] : []),
      ];
    }
    case 'mistake':
      return [visible(`${event.file}:${event.line}:${event.column}: ${event.message}`)];
    case 'finding': {
      const { severity, file, line, column, what, fix, rule } = event;
      const paint = severity === 'error' ? colours.red : colours.yellow;
      return [`${paint(severity.padEnd(7))}  ${visible(`${file}:${line}:${column}: ${what}. Fix: ${fix}`)} [${rule}]`];
    }
    case 'warning':
      return [`${colours.yellow('warning')}  ${visible(event.text)}`];
    case 'summary': {
      const { policies, statements, allowed, refused, errors, warnings } = event;
      const parts = [
        `${counted(policies, 'policy', 'policies')}, ${counted(statements, 'statement')}`,
        ...(allowed + refused > 0 ? [`${allowed} allowed, ${refused} refused`] : []),
        ...(errors + warnings > 0 ? [`${counted(errors, 'error')}, ${counted(warnings, 'warning')}`] : []),
      ];
      return [colours.bold(parts.join(': '))];
    }
  }
}

function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
