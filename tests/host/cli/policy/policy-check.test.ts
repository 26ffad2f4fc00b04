// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, lines, PolicyWorkshop, TRACE } from './policy-workshop.js';

let workshop: PolicyWorkshop;

beforeEach(() => {
  workshop = new PolicyWorkshop();
});

afterEach(() => workshop.remove());

const write = (name: string, content: string | Uint8Array | object) => workshop.write(name, content);
const policy = (...line: string[]) => workshop.policy(...line);

describe('wasmqtt policy check', () => {
  it('explains the document’s own policy, in which --ID-- is left', async () => {
    expect(
      await policy('check', '--policy', 'untouched.json', '--thing', 'UV1', 'Publish', 'topic/sensor/device/UV1'),
    ).toEqual({
      code: 1,
      stdout: `refused  iot:Publish topic/sensor/device/UV1
         no statement allows iot:Publish on topic/sensor/device/UV1: the resource of statement 2 of policy untouched (line 9) never matches: "--ID--" is left where the account belongs, 12 digits
         nearest: topic/sensor/device/UV1
         to allow it: write your account, such as 123456789012, for "--ID--" throughout policy untouched
1 policy, 4 statements: 0 allowed, 1 refused
`,
      stderr: 'wasmqtt: 1 of 1 request is refused\n',
      events: [],
    });
  });

  it.each([
    ['Connect', 'client/UV1', 1],
    ['iot:publish', 'topic/sensor/device/UV1', 2],
    ['Subscribe', 'topicfilter/command/device/all', 3],
    ['Receive', 'arn:aws:iot:us-west-2:123456789012:topic/command/device/UV1', 4],
  ])('allows what the document’s policy is for: %s %s', async (action, resource, index) => {
    const { code, events } = await policy(
      'check',
      '--json',
      '--policy',
      'device.json',
      '--thing',
      'UV1',
      action,
      resource,
    );
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ event: 'decision', allowed: true, statement: { policy: 'device', index } });
    expect(events[1]).toEqual({
      event: 'summary',
      policies: 1,
      statements: 4,
      allowed: 1,
      refused: 0,
      errors: 0,
      warnings: 0,
    });
  });

  it('refuses another client id than the thing’s, and says which', async () => {
    const { code, events } = await policy(
      'check',
      '--json',
      '--policy',
      'device.json',
      '--thing',
      'UV1',
      'Connect',
      'client/mqttjs_1',
    );
    expect(code).toBe(1);
    expect(events[0]).toMatchObject({
      allowed: false,
      mistake: 'not-attached',
      edit: 'connect with client id UV1, or attach the thing to the certificate',
    });
  });

  it('checks a trace: each request once, with how often it was made', async () => {
    write('trace.ndjson', lines(...TRACE, { event: 'published', topic: 'other', payload: '', qos: 2, retain: true }));
    const { code, events, stderr } = await policy(
      'check',
      '--json',
      '--policy',
      'device.json',
      '--thing',
      'UV1',
      '--trace',
      'trace.ndjson',
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'wasmqtt: 2 of 7 requests are refused\n' });
    expect(
      events
        .filter(({ event }) => event === 'decision')
        .map(({ action, allowed, count, line }) => [action, allowed, count, line]),
    ).toEqual([
      ['iot:Connect', true, 1, 1],
      ['iot:Subscribe', true, 1, 2],
      ['iot:Subscribe', true, 1, 3],
      ['iot:Publish', true, 2, 4],
      ['iot:Receive', true, 1, 6],
      ['iot:Publish', false, 1, 7],
      ['iot:RetainPublish', false, 1, 7],
    ]);
    expect(events[0]).toEqual({ event: 'warning', text: expect.stringMatching(/^QoS 2 in line 7: AWS has none/) });
  });

  it('knows things and their groups from a registry', async () => {
    write('open.json', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: `arn:aws:iot:us-west-2:${ACCOUNT}:topic/\${iot:Connection.Thing.Attributes[site]}`,
      },
    });
    const id = 'a'.repeat(64);
    write('things.json', {
      certificates: { [id]: { status: 'ACTIVE', policies: [] } },
      things: { d1: { attributes: { site: 'north' }, certificates: [id] } },
    });
    const line = ['check', '--policy', 'open.json', '--things', 'things.json', '--client-id', 'd1', 'Publish'];
    expect((await policy(...line, 'topic/north')).code).toBe(0);
    expect((await policy(...line, 'topic/south')).code).toBe(1);
  });

  it('reads the variables of a certificate, PEM or DER', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=pump',
      keys,
      signingAlgorithm: algorithm,
      extensions: [new x509.BasicConstraintsExtension(false)],
    });
    write('pump.pem', certificate.toString('pem'));
    write('pump.der', new Uint8Array(certificate.rawData));
    const names = '${iot:CertificateId}/${iot:Certificate.Subject.CommonName}';
    write('named.json', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:*:*:topic/${names}` },
    });
    const id = Buffer.from(await crypto.subtle.digest('SHA-256', certificate.rawData)).toString('hex');
    for (const file of ['pump.pem', 'pump.der']) {
      const line = ['check', '--policy', 'named.json', '--certificate', file, 'Publish'];
      expect(await policy(...line, `topic/${id}/pump`)).toMatchObject({ code: 0, stderr: '' });
      expect((await policy(...line, `topic/${id}/other`)).code).toBe(1);
    }
  });

  it('reads conditions of CONNECT and the will from options', async () => {
    write('persistent.json', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: '*',
        Condition: { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } },
      },
    });
    const line = ['check', '--policy', 'persistent.json', '--persistent', 'Connect', 'client/a'];
    expect((await policy(...line)).code).toBe(0);
    const { code, stdout } = await policy(...line, '--will-topic', 'gone');
    expect(code).toBe(1);
    expect(stdout).toContain('the will is asked for at CONNECT, which is refused');
  });

  it.each<[string, RegExp, RegExp]>([
    ['check', /^wasmqtt: give a policy with --policy FILE$/m, /^$/],
    ['check --policy device.json Publish', /give both ACTION and RESOURCE/, /^$/],
    ['check --policy device.json Publish topic/a --trace t', /not both/, /^$/],
    ['check --policy device.json Pubish topic/a', /Pubish is not an action of AWS IoT/, /^$/],
    [
      'check --policy device.json Subscribe topic/a',
      /iot:Subscribe is asked about topicfilter\/: give topicfilter\/a for topic\/a/,
      /^$/,
    ],
    ['check --policy none.json', /none\.json cannot be read: /, /^$/],
    [
      'check --policy broken.json',
      /^wasmqtt: one mistake: AWS answers MalformedPolicyException/m,
      /^broken\.json:2:15: Effect: Effect is "Allow" or "Deny"/,
    ],
    [
      'check --policy device.json --trace broken.json',
      /2 mistakes: the trace cannot be used/,
      /^broken\.json:1:1: it is not a JSON object/,
    ],
    ['check --policy device.json --certificate device.json', /device\.json is not a certificate/, /^$/],
    ['check --policy device.json --account 12', /Give the 12 digits/, /^$/],
    ['check --policy device.json --region us', /Give a region such as us-west-2/, /^$/],
    [`check ${'--policy device.json '.repeat(11).trim()}`, /AWS attaches 10 to a certificate at most/, /^$/],
    ['lint broken.json', /one mistake/, /^broken\.json:2:15: /],
    ['lint', /missing required argument 'file'/, /^$/],
    ['suggest', /required option '--trace <file>'/, /^$/],
    ['suggest --trace none.ndjson', /cannot be read/, /^$/],
  ])('ends with exit code 2 and a sentence: %s', async (line, sentence, output) => {
    write(
      'broken.json',
      '{"Version":"2012-10-17","Statement":[\n  {"Effect":  "allow","Action":"iot:Connect","Resource":"*"}]}',
    );
    const { code, stdout, stderr } = await policy(...line.split(' '));
    expect({ code, stderr, stdout }).toEqual({
      code: 2,
      stderr: expect.stringMatching(sentence),
      stdout: expect.stringMatching(output),
    });
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
