import { isIP } from 'node:net';
import { isPort } from '../../node/ports.js';
import type { Examination, Item } from './examination.js';

/** A name of dotted labels (RFC 1123 2.1), with or without a final dot. Underscores are allowed, as resolvers allow them. */
const HOST_NAME = /^(?=.{1,254}$)(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)*[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.?$/i;

/** broker-host must be a name or an address and nothing else. */
export function checkHost(item: Item, text: string, examination: Examination): void {
  if (isIP(text) || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text))) return;
  const why = 'The device looks the whole text up as a name, which does not resolve.';
  const remedy = examination.provision('broker-host');
  const inBrackets = /^\[([^\]]*)\](?::(\d+))?$/.exec(text);
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(text)?.[0];
  const [, port] = /^[^:]+:(\d+)\/?$/.exec(text) ?? [];
  if (inBrackets && isIP(inBrackets[1])) {
    const [, address, port] = inBrackets;
    examination.add(item, {
      trap: 'brackets-in-host',
      what: `The address ${address} is in brackets, which belong to a URL.`,
      why,
      remedy: remedy.replace('HOST', address) + (port ? ` --broker-port ${port}` : ', without brackets'),
    });
  } else if (scheme) {
    examination.add(item, {
      trap: 'scheme-in-host',
      what: `The host begins with ${scheme}.`,
      why,
      remedy: `${remedy}, with the name alone`,
    });
  } else if (port) {
    examination.add(item, {
      trap: 'port-in-host',
      what: `The host ends with the port ${port}.`,
      why,
      remedy: `${remedy} --broker-port ${port}`,
    });
  } else {
    examination.add(item, { trap: 'bad-host', what: `${JSON.stringify(text)} is not a host name.`, why, remedy });
  }
}

/** broker-port must be a TLS port in digits. */
export function checkPort(item: Item, text: string, examination: Examination): void {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const remedy = examination.provision('broker-port');
  if (!isPort(port)) {
    examination.add(item, {
      trap: 'bad-port',
      what: `${JSON.stringify(text.slice(0, 20))} is not a port: a number from 1 to 65535, in digits only.`,
      why: 'The device does not know where to connect.',
      remedy,
    });
  } else if (port === 1883) {
    examination.add(item, {
      trap: 'port-without-tls',
      what: 'Port 1883 is the port of MQTT without TLS.',
      why: 'The managed client speaks TLS only, so the handshake fails or never ends.',
      remedy: `${remedy}, or the TLS port of the broker if it is another`,
    });
  } else if (port === 443) {
    examination.add(item, {
      severity: 'warning',
      trap: 'port-needs-alpn',
      what: 'Port 443 is the port of HTTPS.',
      why: 'Brokers with MQTT on it, as AWS IoT, tell it by ALPN, which the managed client does not send.',
      remedy,
    });
  }
}
