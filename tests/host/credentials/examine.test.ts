// needs: openssl
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_VALUE_LENGTH } from '../../../host/cloud/index.js';
import { KEYS, MAX_VALUE_CHARACTERS } from '../../../host/credentials/examine/store-keys.js';
import { type ExamineOptions, examine, type StoredValues } from '../../../host/credentials/index.js';
import { TRAPS } from './all-traps.js';
import { type Material, makeMaterial, removeMaterial } from './material.js';
import { type Changes, goodValues, placeOf, splitPlace, withChanges } from './trap-case.js';

let material: Material;

beforeAll(() => {
  material = makeMaterial();
});

afterAll(() => removeMaterial(material));

function stored(values: Record<string, string>): StoredValues {
  const configs = new Map<string, string>();
  const secrets = new Map<string, string>();
  for (const [place, value] of Object.entries(values)) {
    const { store, name } = splitPlace(place);
    (store === 'config' ? configs : secrets).set(name, value);
  }
  return { configs, secrets };
}

function findings(changes: Changes = {}, options: Partial<ExamineOptions> = {}) {
  const values = stored(withChanges(goodValues(material), changes));
  return examine(values, { now: new Date(), warnDays: 30, ...options });
}

/** Severity, trap and place of each finding. */
const brief = (found: ReturnType<typeof findings>) => found.map(({ severity, trap, where }) => [severity, trap, where]);

describe('values that are well', () => {
  const hex = (name: string) => material.pki.hex(name);
  const host = (name: string) => ({ 'config broker-host': name });

  it.each<[string, () => Changes]>([
    ['those of a certificate', () => ({})],
    [
      'user name and password',
      () => ({
        'config cert': undefined,
        'secret private_key': undefined,
        'config username': 'ann',
        'secret password': 'p ä$$',
      }),
    ],
    [
      'a chain with its intermediate',
      () => ({ 'config cert': hex('below.der') + hex('middle.der'), 'secret private_key': hex('below.key.der') }),
    ],
    ['beside keys of the application', () => ({ 'config interval': '5', 'config card': 'x', 'secret wifi-key': 'y' })],
    ['upper-case hex', () => ({ 'config cert': hex('device.der').toUpperCase() })],
    ['an RSA pair', () => ({ 'config cert': hex('rsa.der'), 'secret private_key': hex('rsa.key.der') })],
    ['no root-CA', () => ({ 'config root-CA': undefined })],
    ['an IPv4 address for the host', () => host('192.0.2.7')],
    ['an IPv6 address for the host', () => host('2001:db8::7')],
    ['a host name of one label', () => host('localhost')],
    ['a host name with a final dot', () => host('a.iot.eu-west-1.amazonaws.com.')],
  ])('have no finding: %s', (_, changes) => expect(findings(changes())).toEqual([]));
});

describe('each trap is found, alone', () => {
  it.each(TRAPS.map((trap) => [trap.trap, trap.case, trap] as const))('%s: %s', (_trap, _case, trap) => {
    const { warnDays, authentication, besides = [], severity } = trap;
    const found = findings(trap.changes(material), { ...(warnDays && { warnDays }), authentication });
    const wanted = [severity, trap.trap, placeOf(trap, material)];
    expect(brief(found)).toContainEqual(wanted);
    for (const finding of found) expect([trap.trap, ...besides]).toContain(finding.trap);
    if (besides.length === 0) expect(found).toHaveLength(1);
  });

  it('and says in whole sentences what is wrong, why it matters and how to fix it', () => {
    for (const trap of TRAPS) {
      for (const { what, why, remedy } of findings(trap.changes(material), { warnDays: trap.warnDays ?? 30 })) {
        expect(what, trap.case).toMatch(/^\S.*[^.]\.$/s);
        expect(why, trap.case).toMatch(/^[A-Z].*[^.]\.$/);
        expect(remedy, trap.case).toMatch(/wasmqtt provision --|^delete |^use /);
        expect(`${what}${why}${remedy}`.length, trap.case).toBeLessThan(420);
      }
    }
  });
});

describe('several traps at once', () => {
  it('are all reported, errors first, then by key', () => {
    const { pki } = material;
    const found = findings({
      'config broker-port': '1883',
      'config root-CA': undefined,
      'config root-ca': `${pki.hex('ca.der')}\n`,
      'config client-id': 'pump-7 ',
      'secret private_key': pki.read('device.key').toString('latin1'),
    });
    expect(brief(found)).toEqual([
      ['error', 'wrong-key-name', 'config root-ca'],
      ['error', 'port-without-tls', 'config broker-port'],
      ['error', 'space-in-hex', expect.stringMatching(/^config root-ca, character \d+$/)],
      ['error', 'pem-in-value', 'secret private_key'],
      ['warning', 'space-around-value', 'config client-id, character 7'],
    ]);
  });

  it('in empty stores are the keys that every device needs', () => {
    const found = examine({ configs: new Map(), secrets: new Map() }, { now: new Date(), warnDays: 30 });
    expect(brief(found)).toEqual([
      ['error', 'missing-key', 'config broker-host'],
      ['error', 'missing-key', 'config broker-port'],
      ['warning', 'no-credentials', 'stores'],
    ]);
  });

  it('of one chain name the certificate', () => {
    const { pki } = material;
    expect(brief(findings({ 'config root-CA': pki.hex('ca.der') + pki.hex('expired.der') }))).toEqual([
      ['warning', 'certificate-expired', 'config root-CA, certificate 2'],
      ['warning', 'root-is-no-ca', 'config root-CA, certificate 2'],
    ]);
  });
});

describe('key names', () => {
  it.each([
    ['root_ca', 'root-CA'],
    ['rootCA', 'root-CA'],
    ['ca-cert', 'root-CA'],
    ['root-cert', 'root-CA'],
    ['crt', 'cert'],
    ['certificate', 'cert'],
    ['client-cert', 'cert'],
    ['private key', 'private_key'],
    ['PRIVATE_KEY', 'private_key'],
    ['privat_key', 'private_key'],
    ['broker_host', 'broker-host'],
    ['brokerhost', 'broker-host'],
    ['broker-prot', 'broker-port'],
  ])('%s is taken for %s', (name, key) => {
    const store = KEYS[key as keyof typeof KEYS].store;
    const good = goodValues(material)[`${store} ${key}`];
    const found = findings({ [`${store} ${key}`]: undefined, [`${store} ${name}`]: good });
    expect(brief(found)).toEqual([['error', 'wrong-key-name', `${store} ${name}`]]);
    expect(found[0].what).toContain(JSON.stringify(key));
  });

  it('a word for a key that nothing asks for is left alone', () => {
    expect(findings({ 'config user': 'ann', 'secret pass': 'word', 'config key': '7' })).toEqual([]);
  });
});

describe('secrets that cannot be read', () => {
  const hidden = (names: string[]) => {
    const { configs } = stored(withChanges(goodValues(material), {}));
    const values = { configs, secrets: new Map(), hiddenSecrets: new Set(names) };
    return examine(values, { now: new Date(), warnDays: 30 });
  };

  it('count as present, and nothing is said about their values', () => {
    expect(hidden(['private_key'])).toEqual([]);
  });

  it('are still checked by their names', () => {
    expect(brief(hidden(['private-key']))).toEqual([['error', 'wrong-key-name', 'secret private-key']]);
    expect(brief(hidden([]))).toEqual([['error', 'missing-key', 'secret private_key']]);
  });
});

describe('keys in the other scope', () => {
  it('are reported missing where they belong, with the scope that has them', () => {
    const changes = { 'config broker-port': undefined, 'config root-CA': undefined };
    const { configs, secrets } = stored(withChanges(goodValues(material), changes));
    const otherScope = {
      name: 'account' as const,
      configs: new Set(['broker-port', 'root-CA', 'cert']),
      secrets: new Set<string>(),
    };
    const found = examine({ configs, secrets, otherScope }, { now: new Date(), warnDays: 30 });
    expect(brief(found)).toEqual([
      ['error', 'wrong-scope', 'config broker-port'],
      ['warning', 'wrong-scope', 'config root-CA'],
    ]);
    expect(found[0].remedy).toContain('--scope account');
  });
});

describe('options', () => {
  it('name the place in the words of the label', () => {
    const [finding] = findings({ 'config cert': '308' }, { label: (key) => `--${key} FILE` });
    expect(finding.where).toBe('--cert FILE, character 3');
  });

  it('give remedies the command that leads to these stores', () => {
    const [{ remedy }] = findings(
      { 'config broker-port': '1883' },
      { provision: 'wasmqtt provision --data /tmp/stores' },
    );
    expect(remedy).toMatch(/^wasmqtt provision --data \/tmp\/stores --broker-port 8883/);
  });

  it('set the time before the end of a certificate at which it warns', () => {
    const { pki } = material;
    const soon = { 'config cert': pki.hex('soon.der'), 'secret private_key': pki.hex('soon.key.der') };
    const day = 86_400_000;
    const end = Date.parse('2049-01-01T00:00:00Z');
    expect(findings(soon, { now: new Date(end - 30 * day) })).toEqual([]);
    expect(findings(soon, { now: new Date(end - 30 * day + 1) })[0].trap).toBe('certificate-expires-soon');
    expect(findings(soon, { now: new Date(end) })[0].trap).toBe('certificate-expires-soon');
    expect(findings(soon, { now: new Date(end + 1) })[0].trap).toBe('certificate-expired');
  });
});

it('no finding holds a secret', () => {
  for (const trap of TRAPS) {
    const changes = trap.changes(material);
    const values = withChanges(goodValues(material), changes);
    const text = JSON.stringify(findings(changes));
    for (const [place, value] of Object.entries(values)) {
      const isSecret = place.startsWith('secret ') && value.length > 8;
      if (isSecret) expect(text, trap.case).not.toContain(value.slice(2, 10));
    }
  }
});

it('the longest value is the one that the stores take', () => {
  expect(MAX_VALUE_CHARACTERS).toBe(MAX_VALUE_LENGTH);
});
