import { isIP } from 'node:net';
import type { Diagnosis } from './cause.js';
import { type ConnectCase, issuerOf, subjectOf } from './connect-case.js';
import { alertName } from './tls-alerts.js';

/** What is said of a failure that no row of the table fits: that it is not known, the evidence, and the next thing to try. */
export function unknownCause(failed: ConnectCase): Diagnosis {
  const { failure, evidence } = failed;
  const facts = [failure.detail];
  if (evidence.alert !== undefined) facts.push(alertName(evidence.alert));
  if (failed.answer) facts.push(`the broker sent ${failed.answer}`);
  facts.push(shownBy(failed));
  return {
    trap: 'not-known',
    reason: `this failure is not known to wasmqtt: ${facts.join('; ')}`,
    advice: nextOf(failed),
  };
}

function shownBy({ shown }: ConnectCase): string {
  if (shown.length === 0) return 'it showed no certificate';
  return `it showed ${shown.map(subjectOf).join(', ')}, issued by ${issuerOf(shown[shown.length - 1])}`;
}

/** Another program at the same place tells the broker's faults from ours. */
function nextOf({ failure: { host, port }, evidence }: ConnectCase): string {
  const log = "see the broker's log of this moment";
  if (evidence.secure) return `${log}, and try mosquitto_pub -d with the same host, port and credentials`;
  const name = isIP(host) ? '' : ` -servername ${host}`;
  return `${log}, and try openssl s_client -connect ${isIP(host) === 6 ? `[${host}]` : host}:${port}${name}`;
}
