// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are the policies'
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, DOCUMENT, lines, PolicyWorkshop, TRACE } from './policy-workshop.js';

let workshop: PolicyWorkshop;

beforeEach(() => {
  workshop = new PolicyWorkshop();
});

afterEach(() => workshop.remove());

const write = (name: string, content: string | Uint8Array | object) => workshop.write(name, content);
const policy = (...line: string[]) => workshop.policy(...line);

describe('wasmqtt policy lint', () => {
  it('finds what never matches in the document’s own policy, and nothing more', async () => {
    const { code, events, stderr } = await policy('lint', '--json', 'untouched.json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'wasmqtt: 6 errors; fix what is reported above\n' });
    expect(events.slice(0, -1).map(({ rule, file, line }) => [rule, file, line])).toEqual(
      [7, 12, 18, 19, 26, 27].map((line) => ['placeholder', 'untouched.json', line]),
    );
  });

  it('has nothing to say when the account is put in', async () => {
    expect(await policy('lint', 'device.json')).toMatchObject({
      code: 0,
      stdout: '1 policy, 4 statements\n',
      stderr: '',
    });
  });

  it('holds the ARNs against the account that is given', async () => {
    const { code, events } = await policy('lint', '--json', '--account', '210987654321', 'device.json');
    expect(code).toBe(1);
    expect(events[0]).toMatchObject({ rule: 'wrong-home', severity: 'error' });
  });

  it('ends with 0 when there are warnings alone', async () => {
    write('open.json', { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iot:*', Resource: '*' } });
    expect(await policy('lint', 'open.json')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\[everything\]\n1 policy, 1 statement: 0 errors, 1 warning\n$/),
    });
  });
});

describe('wasmqtt policy suggest', () => {
  it('prints the document’s policy for what its application does, and check takes it', async () => {
    write('trace.ndjson', lines(...TRACE));
    const { code, stdout, stderr } = await policy(
      'suggest',
      '--trace',
      'trace.ndjson',
      '--region',
      'us-west-2',
      '--account',
      ACCOUNT,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(DOCUMENT.replaceAll('--ID--', ACCOUNT)));
    write('suggested.json', stdout);
    expect(
      (await policy('check', '--policy', 'suggested.json', '--thing', 'UV1', '--trace', 'trace.ndjson')).code,
    ).toBe(0);
  });

  it('prints one line with --json, and warns of a policy that is too long', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({
      event: 'published',
      topic: `topic-of-some-length/${n}`,
      payload: '',
      qos: 0,
    }));
    write('trace.ndjson', lines(TRACE[0], ...many));
    const { code, events, stderr } = await policy('suggest', '--json', '--trace', 'trace.ndjson');
    expect({ code, documents: events.length }).toEqual({ code: 0, documents: 1 });
    expect(stderr).toMatch(
      /^warning {2}the policy is too long: it has \d+ characters without white space, and AWS takes 2048/,
    );
  });
});
