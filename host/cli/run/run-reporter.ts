import { refusalWords } from '../../core/index.js';
import { visible } from '../../node/visible-text.js';
import type { Colours } from '../output/colours.js';
import type { RunEvent, RunReport } from './run-events.js';

/** Lines for people: time, what happened, details. */
export function runReporter(
  out: { write(text: string): unknown },
  colours: Colours,
  clock: () => Date = () => new Date(),
): RunReport {
  const paint: Record<RunEvent['event'], (text: string) => string> = {
    listening: colours.blue,
    broker: colours.yellow,
    cloud: colours.yellow,
    process: colours.blue,
    device: colours.blue,
    connecting: colours.dim,
    connected: colours.green,
    subscribed: colours.green,
    published: colours.cyan,
    message: colours.magenta,
    disconnected: colours.yellow,
    unstable: colours.yellow,
    httpResponse: colours.cyan,
    log: colours.dim,
    exit: colours.yellow,
    finding: colours.yellow,
    error: colours.red,
    summary: colours.bold,
  };
  return (event) => {
    if (event.event === 'error' && event.final) return; // it is the last line on standard error
    const time = colours.dim(clock().toISOString().slice(11, 23));
    const name = paint[event.event](event.event.padEnd(12));
    const device = event.device === undefined ? '' : `${colours.dim(`…${event.device.slice(-6)}`)}  `;
    for (const line of describe(event)) {
      out.write(`${time}  ${name}  ${device}${event.event === 'log' ? colours.dim(line) : line}\n`);
    }
  };
}

function describe(event: RunEvent): string[] {
  switch (event.event) {
    case 'listening':
      if (event.service === 'cloud')
        return [`cloud ${event.url}   user ${event.accountSid}${event.authToken ? `:${event.authToken}` : ''}`];
      return [event.service === 'broker' ? `broker ${event.url}   client certificate required` : `broker ${event.url}`];
    case 'broker':
    case 'cloud':
      return [visible(event.text)];
    case 'process':
      return [`${event.pid}   has ${event.devices} of the devices`];
    case 'device':
      return [`${event.deviceSid}   guest ${event.guest}, configured from the ${event.source}`];
    case 'connecting':
      return [event.broker];
    case 'connected':
      return [`${event.broker}   MQTT ${event.protocol}, ${event.tls} ${event.cipher}, client id ${event.clientId}`];
    case 'subscribed':
      return [event.topic];
    case 'published':
    case 'message':
      return [`${visible(event.topic)}   ${visible(event.payload)}`];
    case 'disconnected':
      return [visible(ending(event))];
    case 'unstable': {
      const what = `${event.connections} connections in a row did not last ${event.stable} ms: ${ending(event)}`;
      return [visible(`${what}; the device application waits longer each time`)];
    }
    case 'httpResponse':
      return [
        visible(
          `HTTP ${event.url || 'request'}: ${event.detail ? `${event.result}, ${event.detail}` : event.statusCode}`,
        ),
      ];
    case 'log':
      return [visible(event.text)];
    case 'exit':
      return [`the guest has ended with code ${event.code}`];
    case 'finding':
      return [visible(`${event.where}: ${event.what} ${event.why} Fix: ${event.remedy} [${event.trap}]`)];
    case 'error':
      return [visible(event.message)];
    case 'summary':
      return [`${event.published} published, ${event.received} received, ${event.errors} errors`];
  }
}

/** Why a connection ended, with the code of the broker and what to do about it. */
function ending({ reason, reasonCode, advice }: { reason: string; reasonCode?: number; advice?: string }): string {
  const why = reasonCode === undefined ? reason : `${reason}: ${refusalWords(5, reasonCode)}`;
  return advice === undefined ? why : `${why}; ${advice}`;
}
