// needs: mosquitto, mosquitto_sub
import { afterEach, describe, expect, it } from 'vitest';
import { LocalConnections } from '../../../../host/broker/local/local-connections.js';
import { SysTopics } from '../../../../host/broker/observe/sys-topics.js';
import { TrafficCounter } from '../../../../host/broker/observe/traffic-counter.js';
import { Program } from '../listeners/programs.js';
import { turns } from '../local/local-rig.js';
import { RealMosquitto } from '../real-mosquitto.js';
import { World } from '../world.js';

const PREFIX = '$SYS/broker/';

/** A broker in virtual time whose local client publishes $SYS topics. */
class SysRig {
  readonly traffic = new TrafficCounter();
  readonly world: World;
  readonly topics: SysTopics;
  readonly errors: unknown[] = [];

  private constructor(world: World, topics: (rig: SysRig) => SysTopics) {
    this.world = world;
    this.topics = topics(this);
  }

  static async start(interval?: number): Promise<SysRig> {
    let local!: LocalConnections;
    const traffic = new TrafficCounter();
    const world: World = new World({
      taps: [traffic],
      wrap: (transport) => {
        local = new LocalConnections(transport, { now: () => world.now });
        return local;
      },
    });
    local.serve(world.engine);
    traffic.watch(world.engine);
    const client = await local.connect();
    const rig = new SysRig(
      world,
      ({ errors }) =>
        new SysTopics({
          publish: (topic, payload) => client.publish(topic, payload, { qos: 2, retain: true }),
          state: world.engine.inspection,
          traffic,
          version: '1.2.3',
          interval,
          memory: () => 1000,
          onError: (error) => errors.push(error),
        }),
    );
    return rig;
  }

  /** Lets time pass, with an update whenever one is due. Returns what was published, without the prefix. */
  async advance(seconds: number): Promise<Record<string, string>> {
    const from = this.world.events.length;
    const target = this.world.now + seconds * 1000;
    for (;;) {
      const due = this.topics.nextDeadline(this.world.now);
      if (due === undefined || due > target) break;
      this.world.advance(due - this.world.now);
      this.topics.tick(due);
      await turns();
    }
    this.world.advance(target - this.world.now);
    const published = this.world.events
      .slice(from)
      .flatMap((event) => (event.type === 'published' && event.topic.startsWith(PREFIX) ? [event] : []));
    return Object.fromEntries(
      published.map(({ topic, payload }) => [topic.slice(PREFIX.length), Buffer.from(payload).toString()]),
    );
  }
}

describe('the $SYS topics', () => {
  it('say what clients, sessions and messages there are', async () => {
    const rig = await SysRig.start();
    const client = rig.world.connect({ clientId: 'here' });
    client.subscribe('a', { qos: 1 });
    client.publish('a', '12345', { qos: 1, retain: true });
    rig.world.connect({ clientId: 'away', cleanStart: false }).drop();
    expect(await rig.advance(0)).toMatchObject({
      version: 'wasmqtt version 1.2.3',
      uptime: '0 seconds',
      'clients/connected': '1',
      'clients/disconnected': '1',
      'clients/total': '2',
      'clients/maximum': '1',
      'subscriptions/count': '1',
      'retained messages/count': '1',
      'messages/received': '4',
      'messages/sent': '5',
      'messages/inflight': '1',
      'publish/messages/received': '1',
      'publish/messages/sent': '1',
      'publish/bytes/received': '5',
      'publish/bytes/sent': '5',
      'heap/current': '1000',
    });
    expect(rig.errors).toEqual([]);
  });

  it('are published again each interval, those that have changed', async () => {
    const rig = await SysRig.start(10);
    await rig.advance(0);
    expect(await rig.advance(9)).toEqual({});
    const second = await rig.advance(1);
    expect(second).toMatchObject({ uptime: '10 seconds', 'load/messages/received/1min': '0.00' });
    expect(second).not.toHaveProperty('version');
    expect(second).not.toHaveProperty('clients/connected');
    rig.world.connect();
    const third = await rig.advance(10);
    expect(third).toMatchObject({ uptime: '20 seconds', 'clients/connected': '1', 'clients/maximum': '1' });
    expect(third).not.toHaveProperty('load/publish/sent/1min');
  });

  it('have averages over 1, 5 and 15 minutes, in events a minute', async () => {
    const rig = await SysRig.start(60);
    await rig.advance(0);
    const client = rig.world.connect();
    for (let count = 0; count < 99; count++) client.send({ type: 'pingreq' });
    const first = await rig.advance(60);
    expect(first['load/messages/received/1min']).toBe((100 * (1 - Math.exp(-1))).toFixed(2));
    expect(first['load/messages/received/5min']).toBe((100 * (1 - Math.exp(-1 / 5))).toFixed(2));
    expect(first['load/messages/received/15min']).toBe((100 * (1 - Math.exp(-1 / 15))).toFixed(2));
    expect(first['load/connections/1min']).toBe((1 - Math.exp(-1)).toFixed(2));
    const second = await rig.advance(60);
    expect(second['load/messages/received/1min']).toBe((100 * (1 - Math.exp(-1)) * Math.exp(-1)).toFixed(2));
  });

  it('are retained, and no wildcard at the first level matches them (4.7.2-1)', async () => {
    const rig = await SysRig.start();
    await rig.advance(0);
    const client = rig.world.connect();
    for (const filter of ['#', '+/broker/version']) client.subscribe(filter);
    expect(client.messages()).toEqual([]);
    client.subscribe('$SYS/broker/version');
    expect(client.messages()).toEqual(['$SYS/broker/version=wasmqtt version 1.2.3']);
  });

  it('do not count the part of the program that publishes them', async () => {
    const rig = await SysRig.start();
    await rig.advance(60);
    expect(await rig.advance(10)).toEqual({ uptime: '70 seconds' });
    expect(rig.traffic).toMatchObject({ connections: 0, openConnections: 0, in: { packets: 0, bytes: 0 } });
  });

  it.each([0, -1, Number.NaN])('refuse an interval of %d', (interval) => {
    const options = { publish: async () => {}, state: { totals: () => ({}) as never }, traffic: new TrafficCounter() };
    expect(() => new SysTopics({ ...options, version: '1', interval })).toThrow('use seconds above 0');
  });
});

describe('the $SYS topics of Mosquitto', () => {
  let mosquitto: RealMosquitto | undefined;
  let subscriber: Program | undefined;
  afterEach(async () => {
    await subscriber?.stop();
    await mosquitto?.stop();
  });

  it('are ours too, but for the sessions that an option ended', async () => {
    mosquitto = await RealMosquitto.start(['sys_interval 1']);
    subscriber = new Program('mosquitto_sub', ['-p', String(mosquitto.port), '-t', '$SYS/#', '-F', '%t']);
    // Averages come with the second update.
    let theirs = new Set<string>();
    for (let count = 1; !theirs.has(`${PREFIX}load/connections/15min`); count++) {
      theirs = new Set(await subscriber.lines(count));
    }
    const rig = await SysRig.start(1);
    const ours = { ...(await rig.advance(0)), ...(await rig.advance(1)) };
    const missing = [...theirs].map((topic) => topic.slice(PREFIX.length)).filter((topic) => !(topic in ours));
    expect(missing).toEqual(['clients/expired']);
  });
});
