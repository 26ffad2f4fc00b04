import { beforeAll, describe, expect, it } from 'vitest';
import type { ClientCertificate } from '../../../../../host/broker/index.js';
import { LifecycleEvents } from '../../../../../host/broker/rules/aws-iot/lifecycle-events.js';
import { ALL, AwsIotRig, lampCertificate, policy } from './aws-iot-rig.js';

let certificate: ClientCertificate;

beforeAll(async () => {
  certificate = await lampCertificate();
});

/** A broker whose lifecycle events are kept: topic without its beginning, and body. */
function start(statements: string[] = [ALL], things?: object) {
  const rig = new AwsIotRig(certificate, { policy: policy(...statements), things });
  const sent: [topic: string, body: object][] = [];
  let sessions = 0;
  const lifecycle = new LifecycleEvents({
    publish: ({ topic, payload }) => sent.push([topic.replace('$aws/events/', ''), JSON.parse(payload)]),
    wallClock: () => 7000,
    newIdentifier: () => `session-${++sessions}`,
  });
  rig.world.engine.on('occasional', (event) => {
    for (const principal of rig.admitted.splice(0)) lifecycle.admitted(principal);
    for (const principal of rig.turnedAway.splice(0)) lifecycle.turnedAway(principal);
    lifecycle.take(event);
  });
  return { rig, sent };
}

const common = { clientId: 'lamp', timestamp: 7000, principalIdentifier: expect.stringMatching(/^[0-9a-f]{64}$/) };

describe('lifecycle events', () => {
  it('say that a client came and went, by itself or not', () => {
    const { rig, sent } = start();
    rig.connect().disconnect();
    rig.connect().drop();
    expect(sent).toEqual([
      [
        'presence/connected/lamp',
        { ...common, eventType: 'connected', sessionIdentifier: 'session-1', versionNumber: 0, ipAddress: '192.0.2.7' },
      ],
      [
        'presence/disconnected/lamp',
        {
          ...common,
          eventType: 'disconnected',
          sessionIdentifier: 'session-1',
          versionNumber: 1,
          clientInitiatedDisconnect: true,
          disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
        },
      ],
      ['presence/connected/lamp', expect.objectContaining({ sessionIdentifier: 'session-2', versionNumber: 2 })],
      [
        'presence/disconnected/lamp',
        expect.objectContaining({ clientInitiatedDisconnect: false, disconnectReason: 'CONNECTION_LOST' }),
      ],
    ]);
  });

  it('say so of each connection, of one that comes from the same address and port too', () => {
    const { rig, sent } = start();
    for (let count = 0; count < 2; count++) rig.connect({}, '192.0.2.7:1').drop();
    expect(sent.map(([topic]) => topic.split('/')[1])).toEqual([
      'connected',
      'disconnected',
      'connected',
      'disconnected',
    ]);
  });

  it('of who takes over a client id come after those of who had it', () => {
    const { rig, sent } = start();
    rig.connect();
    rig.connect();
    expect(sent.slice(1)).toMatchObject([
      ['presence/disconnected/lamp', { sessionIdentifier: 'session-1', disconnectReason: 'DUPLICATE_CLIENTID' }],
      ['presence/connected/lamp', { sessionIdentifier: 'session-2' }],
    ]);
  });

  it.each([
    ['DUPLICATE_CLIENTID', [ALL], (rig: AwsIotRig) => rig.connect()],
    ['MQTT_KEEP_ALIVE_TIMEOUT', [ALL], (rig: AwsIotRig) => rig.world.advance(2_000_000)],
    ['SERVER_INITIATED_DISCONNECT', [ALL], (rig: AwsIotRig) => rig.world.engine.disconnect('lamp')],
  ] as const)('say %s', (disconnectReason, statements, end) => {
    const { rig, sent } = start([...statements]);
    rig.connect();
    end(rig);
    expect(sent.find(([topic]) => topic === 'presence/disconnected/lamp')?.[1]).toMatchObject({ disconnectReason });
  });

  it('say FORBIDDEN_ACCESS and CLIENT_ERROR', () => {
    const { rig, sent } = start(['Allow Connect *', 'Allow Publish topic/a']);
    rig.connect().publish('b', 'x');
    rig.connect().publish('$x', 'x');
    const reasons = sent.flatMap(([, body]) => ('disconnectReason' in body ? [body.disconnectReason] : []));
    expect(reasons).toEqual(['FORBIDDEN_ACCESS', 'CLIENT_ERROR']);
  });

  it('say that policies did not let a client in', () => {
    const { rig, sent } = start(['Allow Connect client/other']);
    rig.begin();
    expect(sent).toMatchObject([
      ['presence/connect_failed/lamp', { connectFailureReason: 'AUTHORIZATION_FAILED', ipAddress: '192.0.2.7' }],
    ]);
  });

  it('say what a client subscribed to, and no longer', () => {
    const { rig, sent } = start();
    const client = rig.connect();
    client.subscribe('a');
    client.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['a'] });
    expect(sent.slice(1)).toMatchObject([
      ['subscriptions/subscribed/lamp', { eventType: 'subscribed', topics: ['a'] }],
      ['subscriptions/unsubscribed/lamp', { eventType: 'unsubscribed', topics: ['a'] }],
    ]);
  });

  it('name the thing of an exclusive certificate', () => {
    const things = {
      certificates: { own: { certificateId: certificate.fingerprint } },
      things: { shade: { exclusiveCertificates: ['own'] } },
    };
    const { rig, sent } = start([ALL], things);
    rig.connect();
    expect(sent[0][1]).toMatchObject({ thingName: 'shade' });
  });

  it('say nothing of a client id with wildcards', () => {
    const { rig, sent } = start();
    rig.connect({ clientId: 'a+' });
    expect(sent).toEqual([]);
  });
});
