import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { plan } from './config-rig.js';

describe('bridges', () => {
  it('have the defaults of mosquitto', () => {
    const { bridges } = plan('connection b\naddress host\ntopic a/#\n').plan;
    expect(bridges).toMatchObject([
      {
        name: 'b',
        addresses: [{ host: 'host', port: 1883 }],
        roundRobin: false,
        protocolVersion: 4,
        tryPrivate: true,
        cleanSession: false,
        localCleanSession: false,
        keepAlive: 60,
        notifications: 'both',
        start: 'automatic',
        threshold: 10,
        idleTimeout: 60,
        restart: { base: 5, cap: 30 },
        topics: [{ direction: 'out', qos: 0, filter: 'a/#', removePrefix: '', addPrefix: '' }],
        tls: undefined,
      },
    ]);
    const [{ remoteClientId, localClientId, notificationTopic }] = bridges;
    expect(remoteClientId).toBe(`${hostname()}.b`);
    expect(localClientId).toBe(`local.${remoteClientId}`);
    expect(notificationTopic).toBe(`$SYS/broker/connection/${remoteClientId}/state`);
  });

  it('rename topics in both directions', () => {
    const { bridges } = plan('connection b\naddress h\ntopic a/# both 1 local/ remote/\ntopic "" in 2 one two\n').plan;
    expect(bridges[0].topics).toMatchObject([
      { direction: 'out', qos: 1, filter: 'local/a/#', removePrefix: 'local/', addPrefix: 'remote/' },
      { direction: 'in', qos: 1, filter: 'remote/a/#', removePrefix: 'remote/', addPrefix: 'local/' },
      { direction: 'in', qos: 2, filter: 'two', removePrefix: 'two', addPrefix: 'one' },
    ]);
  });

  it('have all that is said of them', () => {
    const text = `connection b
addresses one:1884 [::1]:1885
topic # in 2
clientid me
username ann
password secret words
local_clientid here
local_username bob
local_password other
cleansession true
local_cleansession false
keepalive_interval 30
notifications true
notifications_local_only true
notification_topic gone
restart_timeout 20
round_robin true
start_type once
try_private false
bridge_protocol_version mqttv50
bridge_attempt_unsubscribe false
bridge_outgoing_retain false
bridge_max_packet_size 1000
bridge_bind_address 127.0.0.1
connection c
address x
topic # out
restart_timeout 10 30
start_type lazy
threshold 3
idle_timeout 20
bridge_protocol_version mqttv31
bridge_receive_maximum 7
bridge_session_expiry_interval 3600
`;
    const [b, c] = plan(text).plan.bridges;
    expect(b).toMatchObject({
      addresses: [
        { host: 'one', port: 1884 },
        { host: '::1', port: 1885 },
      ],
      remoteClientId: 'me',
      remoteUserName: 'ann',
      remotePassword: 'secret words',
      localClientId: 'here',
      localUserName: 'bob',
      localPassword: 'other',
      cleanSession: true,
      localCleanSession: false,
      keepAlive: 30,
      notifications: 'local',
      notificationTopic: 'gone',
      restart: { constant: 20 },
      roundRobin: true,
      start: 'once',
      tryPrivate: false,
      protocolVersion: 5,
      attemptUnsubscribe: false,
      outgoingRetain: false,
      maximumPacketSize: 1000,
      localAddress: '127.0.0.1',
    });
    expect(c).toMatchObject({ name: 'c', restart: { base: 10, cap: 30 }, cleanSession: false });
    expect(c).toMatchObject({ start: 'lazy', threshold: 3, idleTimeout: 20, protocolVersion: 3 });
    expect(c).toMatchObject({ receiveMaximum: 7, sessionExpiryInterval: 3600 });
  });
});
