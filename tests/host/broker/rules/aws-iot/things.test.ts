import { describe, expect, it } from 'vitest';
import { loadRegistry, type RegistrySources } from '../../../../../host/broker/index.js';
import { policy } from './aws-iot-rig.js';

const [ONE, TWO] = ['1', '2'].map((digit) => digit.repeat(64));

/** A registry of these files; one that is not there cannot be read. */
function load(files: Record<string, string | object>, sources: Partial<RegistrySources> = { things: 'f/things.json' }) {
  const read = (path: string) => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  };
  return loadRegistry({ policies: [], certificates: [], ...sources }, read);
}

const mistakes = (things: string, files: Record<string, string> = {}) =>
  load({ 'f/things.json': things, ...files }).mistakes.map(({ file, line, column, message }) => {
    return `${file}:${line}:${column}: ${message}`;
  });

const connect = policy('Allow Connect *');
const publish = policy('Allow Publish *');

describe('a file of things', () => {
  const files = {
    'f/things.json': {
      policies: { connect: 'p/connect.json', publish: 'p/publish.json' },
      groups: { lamps: { policies: ['publish'] } },
      certificates: { [ONE]: { policies: 'connect' }, two: { certificateId: TWO, status: 'INACTIVE' } },
      things: {
        lamp: { type: 'lamp', attributes: { room: 'hall' }, groups: ['lamps'], certificates: [ONE, 'two'] },
        shade: { certificates: [ONE] },
      },
    },
    'f/p/connect.json': connect,
    'f/p/publish.json': publish,
  };

  it('says who a client is, by certificate and client id', () => {
    const { registry, files: read } = load(files);
    const { thing, attachedThings } = registry!.standingOf('lamp', ONE);
    expect(thing).toMatchObject({ name: 'lamp', typeName: 'lamp', attributes: { room: 'hall' } });
    expect(attachedThings).toEqual(['lamp', 'shade']);
    expect(registry!.standingOf('other', ONE).thing).toBe(undefined);
    expect(registry!.standingOf('shade', TWO).thing).toBe(undefined);
    expect(registry!.objectionTo(ONE)).toBe(undefined);
    expect(registry!.objectionTo(TWO)).toContain('INACTIVE');
    expect(read).toEqual(['f/things.json', 'f/p/connect.json', 'f/p/publish.json']);
  });

  it('gives policies of a group only to a client that has the name of its thing', () => {
    const { registry } = load(files);
    const namesOf = (clientId: string) => registry!.standingOf(clientId, ONE).policies.policies.map(({ name }) => name);
    expect(namesOf('lamp')).toEqual(['connect', 'publish']);
    expect(namesOf('shade')).toEqual(['connect']);
    expect(namesOf('other')).toEqual(['connect']);
  });

  it('lets a certificate name its thing alone, whatever the client id', () => {
    const things = { certificates: { [ONE]: {} }, things: { lamp: { exclusiveCertificates: [ONE] } } };
    const { registry } = load({ 'f/things.json': things });
    expect(registry!.standingOf('zz', ONE)).toMatchObject({ thing: { name: 'lamp' }, isExclusive: true });
  });

  it.each<[string, string, RegExp[]]>([
    ['no JSON', '{"things": {,}}', [/^f\/things.json:1:13: /]],
    ['another kind', '[]', [/^f\/things.json:1:1: the file is an object, and this is a list/]],
    ['unknown members', '{"thing": {}}', [/1:2: the file has no "thing"; it may have policies, groups/]],
    [
      'names that are not there',
      '{"things": {"a": {\n  "groups": "g",\n  "certificates": ["c"]}}, "groups": {"h": {"policies": ["p"]}}}',
      [
        /there is no policy "p"; the file has none/,
        /:2:13: there is no group "g"; there are h/,
        /:3:20: there is no certificate "c"/,
      ],
    ],
    ['a bad name', '{"things": {"a b": {}}}', [/1:13: "a b" is not the name of a thing/]],
    [
      'a bad status',
      `{"certificates": {"${ONE}": {"status": "active"}}}`,
      [/status is "active"; use ACTIVE, INACTIVE, REVOKED/],
    ],
    ['a bad id', '{"certificates": {"c": {}}}', [/1:19: "c" is no id of a certificate; .* 64 hex digits/]],
    ['no file', '{"certificates": {"c": {"file": "c.pem"}}}', [/f\/c.pem is not a certificate .* no such file/]],
    [
      'one certificate twice',
      `{"certificates": {"${ONE}": {}, "b": {"certificateId": "${ONE}"}}}`,
      [/the certificate b is there twice/],
    ],
    [
      'too many attributes',
      '{"things": {"a": {"attributes": {"a": "1", "b": "2", "c": "3", "d": "4"}}}}',
      [/at most 3 attributes; with a type it may have 50/],
    ],
    [
      'a bad attribute',
      '{"things": {"a": {"attributes": {"a": 1, "b": "x y"}}}}',
      [/attribute a is a text/, /800 letters/],
    ],
    [
      'an exclusive certificate twice',
      `{"certificates": {"${ONE}": {}}, "things": {"a": {"exclusiveCertificates": "${ONE}"}, "b": {"certificates": "${ONE}"}}}`,
      [/an exclusive certificate is attached to a and to b/],
    ],
    [
      'eleven policies',
      `{"policies": {${[...'abcdefghijk'].map((name) => `"${name}": "p.json"`).join()}},
        "certificates": {"${ONE}": {"policies": [${[...'abcdefghijk'].map((name) => `"${name}"`).join()}]}}}`,
      [/:2:\d+: 11 policies; AWS attaches 10 to a certificate/],
    ],
  ])('with %s is refused, with the place of each mistake', (_, things, expected) => {
    const found = mistakes(things, { 'f/p.json': connect });
    expect(found).toHaveLength(expected.length);
    for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern);
  });

  it('is refused for the mistakes of its policies, in their files', () => {
    const things = '{"policies": {"a": "a.json",\n "b": "b.json", "c c": "a.json"}}';
    const found = mistakes(things, { 'f/a.json': connect.replace('Allow', 'allow') });
    expect(found).toHaveLength(4);
    expect(found[0]).toMatch(/^f\/a.json:1:\d+: .*Allow/);
    expect(found[1]).toMatch(/^f\/things.json:2:7: f\/b.json cannot be read: there is no such file/);
    expect(found.slice(2).join('\n')).toMatch(/^f\/things.json:2:17: "c c" is not a name of a policy/m);
  });
});

describe('the short form', () => {
  it('attaches policies to certificates, and certificates to a thing', () => {
    const sources = { thing: 'lamp', policies: ['x/my policy.json'], certificates: [ONE] };
    const { registry } = load({ 'x/my policy.json': connect }, sources);
    const { thing, policies } = registry!.standingOf('lamp', ONE);
    expect(thing?.name).toBe('lamp');
    expect(policies.policies.map(({ name }) => name)).toEqual(['my-policy']);
  });

  it('adds to a file of things', () => {
    const things = { certificates: { [ONE]: {} }, things: { lamp: { certificates: [ONE], attributes: { a: '1' } } } };
    const sources = { things: 't.json', thing: 'lamp', policies: ['p.json'], certificates: [TWO] };
    const { registry } = load({ 't.json': things, 'p.json': connect }, sources);
    expect(registry!.standingOf('lamp', ONE).thing?.attributes).toEqual({ a: '1' });
    expect(registry!.standingOf('lamp', TWO).policies.policies).toHaveLength(1);
    expect(registry!.standingOf('lamp', ONE).policies.policies).toHaveLength(0);
  });
});

describe('a fleet', () => {
  const ids = Array.from({ length: 2000 }, (_, at) => at.toString(16).padStart(64, '0'));
  const certificates = Object.fromEntries(ids.map((id) => [id, {}]));
  const fleet = (names: (id: string) => object) =>
    JSON.stringify({ certificates, things: Object.fromEntries(ids.map((id, at) => [`thing-${at}`, names(id)])) });

  it('with a mistake in each thing is told of each in a line', () => {
    const found = mistakes(fleet((id) => ({ certificates: [`x${id}`] })));
    expect(found).toHaveLength(2000);
    expect(found[0]).toContain(`there are ${ids.slice(0, 10).join(', ')} and 1990 more`);
  });

  it('with one certificate for all is told so, where it is exclusive', () => {
    expect(mistakes(fleet(() => ({ certificates: [ids[0]] })))).toEqual([]);
    expect(mistakes(fleet(() => ({ exclusiveCertificates: [ids[0]] })))).toHaveLength(1999);
  });
});
