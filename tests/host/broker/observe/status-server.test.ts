import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../../../host/broker/observe/metrics.js';
import {
  type StatusServer,
  type StatusServerOptions,
  startStatusServer,
} from '../../../../host/broker/observe/status/status-server.js';
import { TrafficCounter } from '../../../../host/broker/observe/traffic-counter.js';
import { World } from '../world.js';

let server: StatusServer | undefined;
afterEach(() => server?.close());

async function start(options: Partial<StatusServerOptions> = {}): Promise<World> {
  const world = new World();
  server = await startStatusServer({ state: world.engine.inspection, version: '1.2.3', ...options });
  return world;
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server!.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Asks with this Host header. Resolves with the status. */
function ask(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(`${server!.url}/v1/status`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asking.on('error', reject).end();
  });
}

describe('the status server', () => {
  it('shows totals, clients, sessions, subscriptions and retained topics as JSON', async () => {
    const world = await start();
    const client = world.connect({ clientId: 'c', userName: 'u' });
    client.subscribe('a/#', { qos: 1 });
    world.engine.publish('kept', 'x', { retain: true });
    expect((await get('/v1/status')).body).toMatchObject({ version: '1.2.3', clients: 1, subscriptions: 1 });
    expect((await get('/v1/clients')).body).toEqual({
      clients: [{ clientId: 'c', userName: 'u', remote: 'test:1', listener: 'default', protocolVersion: 4 }],
      offset: 0,
      next: null,
    });
    expect((await get('/v1/sessions')).body.sessions).toMatchObject([{ clientId: 'c', isConnected: true }]);
    expect((await get('/v1/subscriptions')).body.subscriptions).toEqual([
      { clientId: 'c', topicFilter: 'a/#', qos: 1 },
    ]);
    expect((await get('/v1/retained')).body.retained).toMatchObject([{ topic: 'kept', qos: 0 }]);
    expect((await get('/')).body.paths).toContain('/v1/sessions');
  });

  it('comes in pages, each with the address of the next', async () => {
    const world = await start();
    const client = world.connect({ clientId: 'ü&c' });
    for (const index of Array.from({ length: 5 }).keys()) client.subscribe(`t/${index}`);
    let path: string | null = `/v1/subscriptions?limit=2&clientId=${encodeURIComponent('ü&c')}`;
    const pages: number[] = [];
    while (path !== null) {
      const { body } = await get(path);
      pages.push((body.subscriptions as unknown[]).length);
      path = body.next as string | null;
    }
    expect(pages).toEqual([2, 2, 1]);
    expect((await get('/v1/subscriptions?clientId=other')).body.subscriptions).toEqual([]);
  });

  it.each([
    ['/v1/clients?limit=0', 'limit is "0"; use a whole number from 1 to 1000'],
    ['/v1/clients?limit=1001', 'limit is "1001"'],
    ['/v1/clients?offset=-1', 'offset is "-1"'],
    ['/v1/clients?offset=1e3', 'offset is "1e3"'],
    ['/v1/clients?limit=1&limit=2', 'limit stands twice'],
    ['/v1/clients?clientId=a', '"clientId" is not known; this address takes offset, limit'],
    ['/v1/status?x=1', 'takes none'],
  ])('refuses %s and says what is wrong', async (path, message) => {
    await start();
    const { status, body } = await get(path);
    expect([status, body.status]).toEqual([400, 400]);
    expect(body.message).toContain(message);
  });

  it.each(['/v1/nothing', '/metrics'])('has nothing at %s', async (path) => {
    await start();
    expect((await get(path)).status).toBe(404);
  });

  it('answers 400 to an address that is not percent-encoded', async () => {
    await start();
    expect((await get('/%zz')).status).toBe(400);
  });

  it('answers 500 without details when the broker cannot answer, and goes on', async () => {
    const world = new World();
    let isBroken = true;
    const state = Object.assign(Object.create(world.engine.inspection), {
      totals: () => {
        if (isBroken) throw new Error('secret');
        return { clients: 0 };
      },
    });
    server = await startStatusServer({ state, version: '1' });
    const { status, body } = await get('/v1/status');
    expect([status, JSON.stringify(body).includes('secret')]).toEqual([500, false]);
    isBroken = false;
    expect((await get('/v1/status')).status).toBe(200);
  });

  it('has the metrics when there are any', async () => {
    const world = new World();
    const metrics = await createMetrics({ state: world.engine.inspection, traffic: new TrafficCounter() });
    server = await startStatusServer({ state: world.engine.inspection, version: '1', metrics });
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain('wasmqtt_clients 0\n');
    metrics.close();
  });

  it.each([
    ['an address', '127.0.0.1:80', 200],
    ['localhost', 'LOCALHOST:1', 200],
    ['an address of IPv6', '[::1]', 200],
    ['a name that was given', 'Broker.example', 200],
    ['another name', 'attacker.example', 421],
    ['another name with a port', 'attacker.example:80', 421],
    ['a name that begins like an address', '127.0.0.1.attacker.example', 421],
    ['a name that was given, within a longer one', 'broker.example.attacker', 421],
  ])('answers a Host header with %s: %s with %i', async (_name, host, status) => {
    await start({ names: ['broker.EXAMPLE'] });
    expect(await ask(host)).toBe(status);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.example.com'])(
    'does not listen on %s unless it is asked to',
    async (host) => {
      await expect(start({ host })).rejects.toMatchObject({ code: 'options' });
    },
  );

  it('listens beyond loopback when it is asked to', async () => {
    await start({ host: '0.0.0.0', beyondLoopback: true });
    expect((await fetch(`http://127.0.0.1:${server!.port}/v1/status`)).status).toBe(200);
  });

  it('says who has the port', async () => {
    await start();
    const first = server!;
    await expect(start({ port: first.port })).rejects.toMatchObject({ code: 'address-in-use' });
  });

  it('ends at once when it is closed, whatever connections are open', async () => {
    await start();
    const socket = connect(server!.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /v1/sta');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await server!.close();
    await closed;
  });
});
