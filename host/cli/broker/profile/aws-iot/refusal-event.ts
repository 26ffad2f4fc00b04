import type { PolicyRefusal } from '../../../../broker/index.js';
import type { Note } from '../../source/broker-source.js';

/** What `--json` says of a refusal by policies. */
export function refusalEvent({ explanation, statement, ...refusal }: PolicyRefusal) {
  const { text, nearest, edit } = explanation;
  return { event: 'policy refusal', ...refusal, statement: statement ?? null, reason: text, nearest, edit };
}

/** The same as a line of the log. */
export function refusalNote({ clientId, explanation: { text, nearest, edit } }: PolicyRefusal): Note {
  const parts = [
    `Policy of client ${clientId}: ${text}.`,
    nearest === undefined ? '' : `Nearest: ${nearest}.`,
    edit === undefined ? '' : `To allow it, ${edit}.`,
  ];
  return { type: 'warning', text: parts.filter((part) => part !== '').join(' ') };
}
