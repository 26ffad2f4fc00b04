import { createColors } from 'picocolors';
import { printable } from '../output/printable.js';
import type { Report, RunEvent } from './run-events.js';

/** One JSON object a line, nothing else. */
export function jsonReporter(out: NodeJS.WritableStream): Report {
  return (event) => void out.write(`${JSON.stringify(event)}\n`);
}

/** Lines for people: time, what happened, details. Colours when `colour` is set. */
export function textReporter(
  out: NodeJS.WritableStream,
  colour: boolean,
  clock: () => Date = () => new Date(),
): Report {
  const c = createColors(colour);
  const paint: Record<RunEvent['event'], (text: string) => string> = {
    listening: c.blue,
    device: c.blue,
    connecting: c.dim,
    connected: c.green,
    subscribed: c.green,
    published: c.cyan,
    message: c.magenta,
    disconnected: c.yellow,
    log: c.dim,
    error: c.red,
    summary: c.bold,
  };
  return (event) => {
    if (event.event === 'error' && event.final) return; // it is the last line on standard error
    const time = c.dim(clock().toISOString().slice(11, 23));
    const name = paint[event.event](event.event.padEnd(12));
    for (const line of describe(event)) out.write(`${time}  ${name}  ${event.event === 'log' ? c.dim(line) : line}\n`);
  };
}

function describe(event: RunEvent): string[] {
  switch (event.event) {
    case 'listening':
      return event.service === 'cloud'
        ? [`cloud ${event.url}   user ${event.accountSid}:${event.authToken}`]
        : [`broker ${event.url}   client certificate required`];
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
      return [`${printable(event.topic)}   ${printable(event.payload)}`];
    case 'disconnected':
      return [event.reason];
    case 'log':
      return [printable(event.text)];
    case 'error':
      return [printable(event.message)];
    case 'summary':
      return [`${event.published} published, ${event.received} received, ${event.errors} errors`];
  }
}
