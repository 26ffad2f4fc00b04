// needs: openssl
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coloursFor } from '../../../../host/cli/output/colours.js';
import { ConnectionStorm } from '../../../../host/cli/run/connection-storm.js';
import type { RunEvent } from '../../../../host/cli/run/run-events.js';
import { runReporter } from '../../../../host/cli/run/run-reporter.js';
import { Authority } from '../../../interop/authority.js';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';

describe('a storm of connections', () => {
  /** Connections that last so long, each with the code of its end; what is reported of each. */
  const reports = (storm: ConnectionStorm, ...connections: [lasts: number, code?: number][]) => {
    let now = 0;
    return connections.map(([lasts, code]) => {
      storm.connected(now);
      now += lasts;
      const found = storm.ended(now, code);
      now += 5000;
      return found;
    });
  };

  it('is reported once, with the second connection that did not last', () => {
    expect(reports(new ConnectionStorm(), [300], [300], [300], [9999])).toEqual([undefined, 2, undefined, undefined]);
  });

  it('is over after one that lasted', () => {
    const lasting = reports(new ConnectionStorm(), [300], [10_000], [300], [300]);
    expect(lasting).toEqual([undefined, undefined, undefined, 2]);
    expect(reports(new ConnectionStorm(500), [499], [500], [499], [499])).toEqual([undefined, undefined, undefined, 2]);
  });

  it('is also that another client takes the session over, however long it took', () => {
    expect(reports(new ConnectionStorm(), [60_000, 0x8e], [60_000, 0x8e])).toEqual([undefined, 2]);
  });

  it('does not count attempts that reached no connection', () => {
    const storm = new ConnectionStorm();
    expect([storm.ended(0), storm.ended(1), storm.ended(2)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('the lines of a run', () => {
  const lineOf = (event: RunEvent) => {
    const chunks: string[] = [];
    const out = { write: (chunk: string) => chunks.push(chunk) > 0 } as unknown as NodeJS.WritableStream;
    runReporter(out, coloursFor({ isTTY: false } as never))(event);
    return chunks.join('');
  };

  it('say with which code the broker disconnected', () => {
    expect(lineOf({ event: 'disconnected', reason: 'the broker sent DISCONNECT', reasonCode: 0x8b })).toContain(
      'the broker sent DISCONNECT: server shutting down (0x8b)',
    );
    expect(lineOf({ event: 'disconnected', reason: 'the broker closed the connection' })).toMatch(/connection\n$/);
  });

  it('say what a storm is and, after a takeover, who ends the connections', () => {
    const storm = { event: 'unstable', connections: 2, stable: 10_000, reason: 'the broker sent DISCONNECT' } as const;
    expect(lineOf({ ...storm, reasonCode: 0x8e, advice: 'another device uses this client id' })).toContain(
      '2 connections in a row did not last 10000 ms: the broker sent DISCONNECT: session taken over (0x8e); another device uses this client id; the device application waits longer each time',
    );
    expect(lineOf(storm)).not.toContain('another device');
  });
});

describe('a run at a broker', () => {
  let authority: Authority;
  const undo = undoAfterEach();

  beforeAll(() => {
    authority = new Authority().issue('server', { names: 'DNS:localhost' });
  });

  afterAll(() => authority[Symbol.dispose]());

  /** A broker that answers CONNECT with these bytes and closes after some milliseconds. */
  async function run(answer: string, closesAfter: number, ...args: string[]): Promise<Command> {
    const credentials = { cert: authority.read('server.pem'), key: authority.read('server.key') };
    const server: Server = createServer(credentials, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(Buffer.from(answer, 'hex'));
        setTimeout(() => socket.destroy(), closesAfter);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const temporary = temporaryFolder();
    const { port } = server.address() as { port: number };
    const where = ['--broker-host', 'localhost', '--broker-port', `${port}`, '--root-ca', authority.path('ca.pem')];
    const device = new Command(['run', '--json', '--data', temporary.folder, '--cloud-port', '0', ...where, ...args]);
    undo.push(
      temporary.remove,
      () => server.close(),
      () => device.kill(),
    );
    return device;
  }

  it('that closes 300 ms after CONNACK reports the storm once, and waits longer each time', async () => {
    const device = await run('2003000000', 300);
    expect(await device.event('unstable')).toEqual({
      event: 'unstable',
      connections: 2,
      stable: 10_000,
      reason: 'the broker closed the connection',
    });
    const second = device.events.length;
    const began = performance.now();
    await device.event('connected', undefined, second);
    expect(performance.now() - began).toBeGreaterThan(1500);
    await device.event('disconnected', undefined, second);
    const { code, summary } = await device.interrupt();
    expect({ code, summary }).toMatchObject({ code: 0, summary: { errors: 0 } });
    const lines = device.events.flatMap(({ event, text }) => (event === 'log' ? [text as string] : []));
    expect(lines.filter((line) => line.startsWith('connection lost'))).toHaveLength(2);
    expect(device.events.filter(({ event }) => event === 'unstable')).toHaveLength(1);
  });

  it('with --stable-after counts shorter connections as stable', async () => {
    const device = await run('2003000000', 300, '--stable-after', '100ms');
    for (let count = 1; count <= 3; count++) {
      await device.event('log', ({ text }) => new RegExp(`time ${count}; next attempt in 1\\d{3} ms$`).test(text));
    }
    expect((await device.interrupt()).code).toBe(0);
    expect(device.events.some(({ event }) => event === 'unstable')).toBe(false);
  });

  it.each([
    ['3.1.1', '20020087', 'the broker refused with reason code 0x87: it does not let in clients without user name'],
    [
      '5',
      '200700870416000170',
      'the broker refused with reason code 0x87: it does not let in clients without user name',
    ],
    ['5', '20020001', 'as one that speaks MQTT 3.1.1 only does (20020001); choose MQTT 3.1.1 with --protocol 3.1.1'],
    ['3.1.1', '20020006', 'unknown return code (6)'],
    ['5', 'e0018e', 'refused with reason code 0x8e: another device uses this client id'],
  ])('of MQTT %s that refuses with %s says why', async (protocol, answer, words) => {
    const device = await run(answer, 1000, '--protocol', protocol);
    const { code, stderr } = await device.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});
