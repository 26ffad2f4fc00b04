// engine: LMDB
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensurePki } from '../../../../host/pki/index.js';
import { Child } from '../../../interop/child.js';
import { CLI, Command } from '../../../interop/command.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { ACCOUNT, openCloud, temporaryFolder } from '../cloud-rig.js';
import { AUTHORIZATION, HOST, SHORT } from './attack-rig.js';
import { RawClient } from './raw-client.js';

/** Milliseconds within which a server ends, whatever is open. */
const END = 5000;
const undo = undoAfterEach();

/** What may be open while a server is stopped. */
const OPEN: [string, (port: number, authorization?: string) => Promise<RawClient>][] = [
  ['a silent socket', (port) => RawClient.open(port)],
  ['half a header', async (port) => (await RawClient.open(port)).send('GET /v1/Conf')],
  [
    'half a body',
    async (port, authorization = AUTHORIZATION) =>
      (await RawClient.open(port)).send(
        'POST /v1/Configs HTTP/1.1',
        HOST,
        authorization,
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 9',
        '',
        'Key=',
      ),
  ],
  [
    'an idle connection',
    async (port, authorization = AUTHORIZATION) => {
      const client = await RawClient.open(port);
      client.send('GET /v1/Configs HTTP/1.1', HOST, authorization, '', '');
      await client.answers(1);
      return client;
    },
  ],
  [
    'a client that takes nothing of its answer',
    async (port, authorization = AUTHORIZATION) => {
      const client = await RawClient.open(port);
      client.socket.pause();
      return client.send('GET /v1/Configs?PageSize=1000 HTTP/1.1', HOST, authorization, '', '');
    },
  ],
];

describe('close ends in time with', () => {
  it.each(OPEN)('%s', async (_, open) => {
    const { cloud, values, call } = await openCloud({ limits: { closeTimeout: 300 } });
    await values.write(
      Array.from({ length: 1000 }, (_, n) => ({
        op: 'set' as const,
        scope: ACCOUNT,
        store: 'configs' as const,
        key: `k${n}`,
        value: '\u{1f600}'.repeat(4096),
      })),
    );
    const client = await open(cloud.port);
    const begun = performance.now();
    await cloud.close();
    expect(performance.now() - begun).toBeLessThan(END - 2000);
    client.socket.resume();
    await client.closed;
    await expect(call('GET', '/Configs')).rejects.toThrow();
  });

  it('a TLS handshake that is half done', async () => {
    const folder = temporaryFolder();
    await ensurePki(folder, { deviceSid: `UV${'0'.repeat(32)}` });
    const tls = { certFile: join(folder, 'server.pem'), keyFile: join(folder, 'server.key') };
    const { cloud } = await openCloud({ tls, limits: { closeTimeout: 300 } });
    const client = await RawClient.open(cloud.port);
    client.send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
    const begun = performance.now();
    await cloud.close();
    expect(performance.now() - begun).toBeLessThan(END - 2000);
    await client.closed;
  });
});

it('a request that is being served when the server is closed is answered', async () => {
  const { cloud, values } = await openCloud({ limits: SHORT });
  const client = await RawClient.open(cloud.port);
  const body = 'Key=k&Value=v';
  client.send('POST /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, 'Content-Type: application/x-www-form-urlencoded');
  client.send('', `Content-Length: ${body.length}`, '', body.slice(0, 5));
  // Its headers have come when the next one has been answered.
  const other = await RawClient.open(cloud.port);
  other.send('GET /v1/Configs HTTP/1.1', HOST, AUTHORIZATION, '', '');
  await other.answers(1);
  const closed = cloud.close();
  client.send(body.slice(5));
  const [{ status, head }] = await client.answers();
  expect(status).toBe(201);
  expect(head).toMatch(/^connection: close$/im);
  await closed;
  expect(await values.get(ACCOUNT, 'configs', 'k')).toMatchObject({ value: 'v' });
});

describe('the command', () => {
  /** A cloud with everything open at once. */
  async function besieged(): Promise<Command> {
    const command = new Command(['cloud', '--json', '--port', '0', '--data', join(temporaryFolder(), 'data')]);
    undo.push(() => command.kill());
    const { url, accountSid, authToken } = await command.event('listening');
    const authorization = `Authorization: Basic ${btoa(`${accountSid}:${authToken}`)}`;
    const port = Number(new URL(url).port);
    for (const [, open] of OPEN) await open(port, authorization);
    // What was sent before has come when this is answered.
    const last = await RawClient.open(port);
    last.send('GET /v1/Configs HTTP/1.1', HOST, authorization, '', '');
    await last.answers(1);
    return command;
  }

  it('ends within five seconds of SIGTERM, whatever is open', async () => {
    const command = await besieged();
    const begun = performance.now();
    command.signal('SIGTERM');
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - begun).toBeLessThan(END);
  });

  it('ends at once at a second signal', async () => {
    const command = await besieged();
    const begun = performance.now();
    command.signal('SIGTERM');
    command.signal('SIGINT');
    expect((await command.ended).code).toBe(130);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('serves others with 256 descriptors and 400 silent sockets', async () => {
    const data = join(temporaryFolder(), 'data');
    const script = `ulimit -n 256 && exec "${process.execPath}" "${CLI}" cloud --json --port 0 --data "${data}"`;
    const command = new Child('sh', ['-c', script]);
    undo.push(() => command.kill());
    const { url, accountSid, authToken } = JSON.parse(await command.line('stdout', /listening/));
    const port = Number(new URL(url).port);
    const silent = Array.from({ length: 400 }, () => connectTcp({ host: '127.0.0.1', port }).on('error', () => {}));
    undo.push(async () => {
      for (const socket of silent) socket.destroy();
    });
    await Promise.all(silent.slice(0, 100).map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
    for (let n = 0; n < 20; n++) {
      const answer = await fetch(`${url}/v1/Configs`, {
        headers: { authorization, connection: 'close' },
        signal: AbortSignal.timeout(2000),
      });
      expect(answer.status).toBe(200);
    }
  });
});
