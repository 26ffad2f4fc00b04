import type { BridgeEvent, BrokerEventOf, OccasionalEvent } from '../../broker/index.js';
import { reasonOf } from '../../node/reason.js';
import type { LogLine } from './broker-log.js';

/** How mosquitto numbers the versions of MQTT in its log. */
const VERSIONS: Readonly<Record<number, number>> = { 3: 1, 4: 2, 5: 5 };

/**
 * What the log says of an event, in the words of mosquitto where it has some.
 *
 * @param connectionMessages whether clients that come and go are written about
 */
export function eventLines(event: OccasionalEvent, connectionMessages: boolean): LogLine[] {
  switch (event.type) {
    case 'connected':
      return connectionMessages ? [{ type: 'notice', text: connectedText(event) }] : [];
    case 'refused':
      return connectionMessages ? [{ type: 'notice', text: refusedText(event) }] : [];
    case 'disconnected':
      return connectionMessages ? [{ type: 'notice', text: disconnectedText(event) }] : [];
    case 'subscribed':
      return event.subscriptions.map(({ topicFilter, reasonCode }) => ({
        type: 'subscribe',
        text: `${event.clientId} ${reasonCode} ${topicFilter}`,
      }));
    case 'unsubscribed':
      return event.topicFilters.map((filter) => ({ type: 'unsubscribe', text: `${event.clientId} ${filter}` }));
    case 'dropped':
      return [droppedLine(event)];
    case 'warning':
      return [{ type: 'warning', text: event.message }];
    case 'store':
      return [storeLine(event)];
    case 'evicted':
      return [{ type: 'notice', text: `The session of ${event.clientId} was ended: ${event.reason}.` }];
    case 'failed':
      return [{ type: 'error', text: failedText(event) }];
  }
}

function connectedText(event: BrokerEventOf<'connected'>): string {
  const { remote, clientId, protocolVersion, cleanStart, keepAlive, userName } = event;
  const user = userName === undefined ? '' : `, u'${userName}'`;
  const details = `p${VERSIONS[protocolVersion]}, c${Number(cleanStart)}, k${keepAlive}${user}`;
  return `New client connected from ${remote} as ${clientId} (${details}).`;
}

function refusedText({ remote, clientId, reason, reasonCode }: BrokerEventOf<'refused'>): string {
  const code = reasonCode === undefined ? '' : ` (0x${reasonCode.toString(16)})`;
  return `Client ${clientId ?? '<unknown>'} from ${remote} refused: ${reason}${code}.`;
}

function disconnectedText({ clientId, reasonCode, reason }: BrokerEventOf<'disconnected'>): string {
  if (reason === 'DISCONNECT from the client') return `Client ${clientId} disconnected.`;
  if (reason === 'the connection was lost') return `Client ${clientId} closed its connection.`;
  return `Client ${clientId} disconnected: ${reason} (0x${reasonCode.toString(16)}).`;
}

function droppedLine({ clientId = '<unknown>', topic, reason }: BrokerEventOf<'dropped'>): LogLine {
  if (reason === 'not authorised') return { type: 'debug', text: `Denied PUBLISH from ${clientId} ('${topic}')` };
  return { type: 'debug', text: `Dropped a message for ${clientId} ('${topic}'): ${reason}` };
}

function storeLine({ isFull, reason }: BrokerEventOf<'store'>): LogLine {
  if (!isFull) return { type: 'notice', text: 'Messages can be stored again.' };
  return { type: 'error', text: `Nothing can be stored: ${reason}. What was acknowledged is safe.` };
}

function failedText({ remote, error }: BrokerEventOf<'failed'>): string {
  return `Internal error${remote === undefined ? '' : ` on the connection from ${remote}`}: ${reasonOf(error)}`;
}

/** What the log says of a bridge. */
export function bridgeLine(event: BridgeEvent): LogLine {
  const name = `Bridge ${event.bridge}`;
  switch (event.type) {
    case 'connected':
      return { type: 'notice', text: `${name} connected to ${event.address}.` };
    case 'disconnected': {
      const next = event.retryIn === undefined ? '' : `; it tries again in ${Math.round(event.retryIn)} s`;
      return { type: 'warning', text: `${name} is not connected to ${event.address}: ${event.reason}${next}.` };
    }
    case 'resting':
      return { type: 'notice', text: `${name} disconnected from ${event.address} until there is something to carry.` };
    case 'not subscribed': {
      const code = `0x${event.reasonCode.toString(16)}`;
      return { type: 'warning', text: `${name}: the other broker refused the filter ${event.topicFilter} (${code}).` };
    }
    case 'dropped':
      return { type: 'warning', text: `${name} did not carry ${event.topic} (${event.direction}): ${event.reason}.` };
  }
}
