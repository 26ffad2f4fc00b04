import { describe, expect, it } from 'vitest';
import {
  BROKER_VARIABLES,
  type BrokerVariable,
  type Environment,
  type Generation,
  readVariables,
  VariableError,
} from '../../../../host/dojot/broker/index.js';

const settingsOf = (environment: Environment, generation: Generation = 1) =>
  readVariables(environment, generation).settings;

function problemsOf(environment: Environment, generation: Generation = 1): readonly string[] {
  try {
    readVariables(environment, generation);
  } catch (error) {
    if (error instanceof VariableError) return error.problems;
    throw error;
  }
  return [];
}

describe('without variables', () => {
  it('generation 1 is as in the document', () => {
    expect(settingsOf({})).toEqual({
      generation: 1,
      services: { k2v: new Set(['k2v-bridge']), v2k: new Set(['v2k-bridge']) },
      lifetime: 1_800_000,
      certificate: {
        pki: 'http://ejbca-wrapper:5583',
        pkiVariable: 'EJBCA_ADDRESS',
        timeout: 10_000,
        ca: 'IOTmidCA',
        name: 'broker',
        hosts: ['localhost', ''],
        margin: 43_200_000,
        schedules: { revocationList: '0 */2 * * *', expiration: '0 1 * * *', revocation: '0 */3 * * *' },
      },
    });
  });

  it('generation 2 asks another PKI, and has more names', () => {
    expect(settingsOf({}, 2).certificate).toMatchObject({
      pki: 'http://x509-identity-mgmt:3000',
      hosts: ['vernemq-k8s', 'localhost', ''],
    });
  });

  it('generation 3 is the sidecar, with schedules of 6 fields and one switched off', () => {
    const { certificate, owners } = settingsOf({}, 3);
    expect(certificate).toMatchObject({
      pki: 'http://x509-identity-mgmt:3000',
      pkiVariable: 'CERT_SC_X509_URL',
      hosts: ['localhost'],
      margin: 43_200_000,
      schedules: { revocationList: '0 0 */2 * * *', expiration: '0 0 */1 * * *', revocation: undefined },
    });
    expect(owners).toEqual({ url: new URL('http://certificate-acl:3000/internal/api/v1/acl-entries/'), timeout: 1000 });
  });
});

it.each([1, 2, 3] as const)('every default of generation %i may be written out, and changes nothing', (generation) => {
  const rows: readonly BrokerVariable[] = BROKER_VARIABLES;
  const written = rows.flatMap(({ name, defaults }) => (defaults[generation] ? [[name, defaults[generation]]] : []));
  const { settings, notes } = readVariables(Object.fromEntries(written), generation);
  expect(settings).toEqual(settingsOf({}, generation));
  expect(notes).toEqual([]);
});

describe('a variable', () => {
  it('that is empty counts as not set', () => {
    expect(settingsOf({ CRL_UPDATE_TIME: '', PLUGIN_ACL_V2K_SERVICENAME: '' })).toEqual(settingsOf({}));
  });

  it('of a service may have several names', () => {
    const { services } = settingsOf({ PLUGIN_ACL_V2K_SERVICENAME: 'v2k-0, v2k-1' });
    expect(services.v2k).toEqual(new Set(['v2k-0', 'v2k-1']));
  });

  it.each([
    [{ EJBCA_ADDRESS: 'localhost:5583' }, 'http://localhost:5583'],
    [{ EJBCA_ADDRESS: 'http://localhost:5583' }, 'http://localhost:5583'],
    [{ EJBCA_ADDRESS: '[::1]:5583' }, 'http://[::1]:5583'],
    [{ EJBCA_HOSTNAME: 'pki' }, 'http://pki:5583'],
    [{ EJBCA_PORT: '80' }, 'http://ejbca-wrapper:80'],
    [{ EJBCA_ADDRESS: 'a:1', EJBCA_HOSTNAME: 'b' }, 'http://a:1'],
  ])('%o is the address of the PKI', (environment, address) => {
    expect(settingsOf(environment).certificate.pki).toBe(address);
  });

  it('that has no effect here is taken, and said so', () => {
    const { notes } = readVariables({ PLUGIN_ACL_CHAIN: 'y', BASE_DIR: '/srv' }, 1);
    expect(notes).toEqual([
      'PLUGIN_ACL_CHAIN is without effect: there is no other plugin',
      'BASE_DIR is without effect: key and certificate are kept in memory',
    ]);
  });

  it.each([
    ['PLUGIN_DISC_LIFETIME_SESSION', '30m', 'use whole milliseconds from 1 to 3155760000000'],
    ['PLUGIN_DISC_LIFETIME_SESSION', '0', 'use whole milliseconds from 1 to 3155760000000'],
    ['CHECKEND_EXPIRATION_SEC', '-1', 'use whole seconds from 0 to 3155760000'],
    ['PLUGIN_ACL_CHAIN', 'yes', 'use y or n'],
    ['PLUGIN_ACL_K2V_SERVICENAME', ' , ', 'name one, or several with commas between'],
    ['EJBCA_ADDRESS', 'localhost', 'use HOST:PORT, such as localhost:5583'],
    ['EJBCA_ADDRESS', 'localhost:70000', 'use HOST:PORT, such as localhost:5583'],
    ['EJBCA_PORT', '70000', 'use a port from 1 to 65535'],
    ['HOSTNAME', 'a\u0007b', 'leave out control characters'],
  ])('%s that is %j is refused by name', (name, text, advice) => {
    expect(problemsOf({ [name]: text })).toEqual([`${name} is ${JSON.stringify(text)}: ${advice}`]);
  });

  it.each(['', '* * *', '61 * * * *', 'every hour'].filter(Boolean))(
    'CRL_UPDATE_TIME that is "%s" is refused',
    (text) => {
      const [problem] = problemsOf({ CRL_UPDATE_TIME: text });
      expect(problem).toMatch(/^CRL_UPDATE_TIME is ".*": .*; use a cron expression such as "0 \*\/2 \* \* \*"$/);
    },
  );

  it.each([
    ['CERT_SC_CERTS_HOSTNAMES', 'localhost', 'use a JSON list of texts, such as ["localhost"]'],
    ['CERT_SC_X509_URL', 'x509:3000', 'use http://HOST:PORT/…'],
    ['CERT_SC_CRON_CRL', 'on', 'use true or false'],
  ])('%s of generation 3 that is %j is refused by name', (name, text, advice) => {
    expect(problemsOf({ [name]: text }, 3)).toEqual([`${name} is ${JSON.stringify(text)}: ${advice}`]);
  });

  it.each([
    [{ CRL_UPDAT_TIME: 'x' }, "CRL_UPDAT_TIME is not a variable of dojot's broker; did you mean CRL_UPDATE_TIME?"],
    [{ PLUGIN_ACL_ADMIN: 'x' }, "PLUGIN_ACL_ADMIN is not a variable of dojot's broker; docs/dojot.md has all of them"],
    [
      { CERTIFICATE_ACL_URL: 'http://a/' },
      'CERTIFICATE_ACL_URL is a variable of generation 3, and this is 1; use --generation, or leave it out',
    ],
  ])('that is not one of the generation is refused: %o', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });

  it('of other programs is left alone', () => {
    expect(problemsOf({ PATH: '/bin', NODE_ENV: 'x', SERVER_HOSTNAME: 'a', DOJOT_URL: 'x' }, 3)).toEqual([]);
  });
});

it('all mistakes are said at once', () => {
  expect(problemsOf({ PLUGIN_ACL_CHAIN: 'x', CHECKEND_EXPIRATION_SEC: 'x', EJBCA_ADRESS: 'x' }).length).toBe(3);
});
