import { freePort } from '../../interop/temporary.js';
import type { DiagnosisCase } from './diagnosis-case.js';

/** Evidence of a network that loopback does not have. */
const withCode = (code: string): DiagnosisCase['evidence'] => {
  return (failure) => ({ ...failure, detail: `connect ${code}`, evidence: { ...failure.evidence, code } });
};
const refused = async () => ({ port: await freePort() });

export const ADDRESS_CASES: DiagnosisCase[] = [
  {
    case: 'an IPv6 address in brackets',
    trap: 'brackets-in-host',
    set: () => ({ host: '[::1]' }),
    says: /in brackets, which belong to a URL; give ::1 without brackets in the config broker-host \(--broker-host\)$/,
  },
  {
    case: 'an IPv6 address in brackets, with a port',
    trap: 'brackets-in-host',
    set: () => ({ host: '[::1]:8884' }),
    says: /give ::1 without brackets in .*, and 8884 in the config broker-port/,
  },
  {
    case: 'a URL for the host',
    trap: 'scheme-in-host',
    set: () => ({ host: 'mqtts://localhost' }),
    says: /not a host name; give only the name/,
  },
  {
    case: 'host and port in one',
    trap: 'scheme-in-host',
    set: () => ({ host: 'localhost:8883' }),
    says: /not a host name; give only the name/,
  },
  {
    case: 'a name that does not resolve',
    trap: 'host-not-found',
    set: () => ({ host: 'nosuch.invalid' }),
    says: /does not resolve; check the config broker-host/,
  },
  {
    case: 'a name server that does not answer',
    trap: 'name-server-silent',
    set: () => ({ host: 'nosuch.invalid' }),
    evidence: withCode('EAI_AGAIN'),
    says: /no name server answers; check the network/,
  },
  {
    case: 'a port where nothing listens',
    trap: 'connection-refused',
    set: refused,
    says: /nothing listens there \(ECONNREFUSED\); check the config broker-port/,
  },
  {
    case: 'a firewall of this machine',
    trap: 'forbidden-here',
    set: refused,
    evidence: withCode('EACCES'),
    says: /does not allow the connection \(EACCES\); check its firewall/,
  },
  {
    case: 'a network without IPv6',
    trap: 'no-route',
    set: refused,
    evidence: withCode('ENETUNREACH'),
    says: /no way to the host \(ENETUNREACH\); check .* IPv6/,
  },
  {
    case: 'a host that is silent',
    trap: 'no-answer',
    set: refused,
    evidence: withCode('ETIMEDOUT'),
    says: /the host does not answer; check the configs broker-host and broker-port/,
  },
  {
    case: 'an application that gives up',
    trap: 'ended-by-application',
    set: refused,
    evidence: (failure) => ({
      ...failure,
      requestState: 'NOTCONNECTED',
      detail: 'the application asked to disconnect',
    }),
    says: /the application asked to disconnect; see its log lines/,
  },
];
