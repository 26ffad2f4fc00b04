import { isIP } from 'node:net';
import { type Cause, HOST, HOST_AND_PORT, PORT } from './cause.js';
import type { ConnectCase } from './connect-case.js';

const isName = ({ failure: { requestState } }: ConnectCase) => requestState === 'NXDOMAIN';

/** The name and TCP: nothing of the broker was seen yet. */
export const ADDRESS_CAUSES: readonly Cause[] = [
  {
    trap: 'ended-by-application',
    fits: ({ failure: { requestState } }) => requestState === 'NOTCONNECTED',
    reason: ({ failure }) => failure.detail,
    advice: 'see its log lines for the reason',
  },
  {
    trap: 'brackets-in-host',
    fits: (failed) => isName(failed) && /^\[.*\](:\d*)?$/.test(failed.failure.host),
    reason: 'the address is in brackets, which belong to a URL',
    advice: ({ failure: { host } }) => {
      const [, address, port] = /^\[(.*)\](?::(\d*))?$/.exec(host) as RegExpExecArray;
      const more = port ? `, and ${port} in ${PORT}` : '';
      return `give ${isIP(address) ? address : 'it'} without brackets in ${HOST}${more}`;
    },
  },
  {
    trap: 'scheme-in-host',
    fits: (failed) => isName(failed) && /:\/\/|\/|:\d*$/.test(failed.failure.host),
    reason: 'this is not a host name',
    advice: 'give only the name, without mqtts:// and port, in the config broker-host (--broker-host)',
  },
  {
    trap: 'name-server-silent',
    fits: (failed) => isName(failed) && /EAI_AGAIN|within \d+ ms/.test(`${failed.code} ${failed.failure.detail}`),
    reason: 'no name server answers',
    advice: `check the network and its name servers, or give the address in ${HOST}`,
  },
  {
    trap: 'host-not-found',
    fits: isName,
    reason: 'the host name does not resolve',
    advice: 'check the config broker-host (--broker-host) and the network',
  },
  {
    trap: 'connection-refused',
    fits: ({ code }) => code === 'ECONNREFUSED',
    reason: 'nothing listens there (ECONNREFUSED)',
    advice: 'check the config broker-port (--broker-port), or start the broker',
  },
  {
    trap: 'forbidden-here',
    fits: ({ code }) => code === 'EACCES' || code === 'EPERM',
    reason: ({ code }) => `this machine does not allow the connection (${code})`,
    advice: 'check its firewall and what the process may do',
  },
  {
    trap: 'no-route',
    fits: ({ code }) => ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENETDOWN'].includes(code),
    reason: ({ code }) => `there is no way to the host (${code})`,
    advice: `check ${HOST}, the network, and whether it carries IPv6 if the address is of that kind`,
  },
  {
    trap: 'no-answer',
    fits: ({ code, failure, evidence }) =>
      code === 'ETIMEDOUT' || (!evidence.secure && /no (TLS )?connection .*within \d+ ms/.test(failure.detail)),
    reason: 'the host does not answer',
    advice: `check ${HOST_AND_PORT}, the network and firewalls`,
  },
];
