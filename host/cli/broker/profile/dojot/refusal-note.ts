import type { RuleRefusal } from '../../../../broker/index.js';
import type { Note } from '../../source/broker-source.js';

/** What the log says of a message or subscription that is refused. */
export function refusalNote({ clientId, reason }: RuleRefusal): Note {
  return { type: 'warning', text: `Client ${clientId} is refused: ${reason}.` };
}
