import { Packet, PacketType, Result, SessionEvent } from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import { hexAt, record, setBytes, setText } from './mqtt-records';
import {
  at,
  CONTEXT,
  close,
  connect,
  connected,
  context,
  EXPIRY,
  event,
  fresh,
  poll,
  pollRefused,
  publish,
  publishRecord,
  receive,
  received,
  reconnect,
  send,
  sendRefused,
  subscribe,
} from './session-context';

describe('a reconnect (4.4)', () => {
  it('names the messages in the order in which they were sent, and sends each PUBREL itself', () => {
    fresh(5, 1);
    connect(5);
    publish(2); // 1
    publish(1); // 2
    publish(2); // 3
    publish(2); // 4
    receive('50020003');
    receive('50020001');
    reconnect();
    pollRefused(Result.OUT_OF_SPACE, 4);
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.RESEND);
    expect(context.packetId).toBe(2);
    expect(poll()).toBe(0);
    expect(context.packetId).toBe(2, 'until it was sent');
    publishRecord(1);
    sendRefused(Result.RESEND_PENDING, 'MQTT-4.6.0-1');
    expect(publish(0)).toBe(0, 'QoS 0 need not wait');
    publishRecord(2, true, 4);
    sendRefused(Result.TRANSITION_ILLEGAL, 'not its turn');
    publishRecord(2, true, 2);
    sendRefused(Result.TRANSITION_ILLEGAL, 'the other QoS');
    publishRecord(1, true, 9);
    sendRefused(Result.PACKET_ID_UNKNOWN, 'unknown');
    publishRecord(1, true, 2);
    expect(send()).toBe(8);
    expect(hexAt(OUTPUT, 8)).toBe('3a06' + '000161' + '0002' + '00');
    sendRefused(Result.TRANSITION_ILLEGAL, 'twice on one connection');
    expect(poll()).toBe(0);
    expect(context.packetId).toBe(4);
    publishRecord(2, true, 4);
    expect(send()).toBe(8);
    expect(poll()).toBe(4);
    expect(hexAt(OUTPUT, 4)).toBe('62020003', 'PUBREL in the order of the PUBRECs (MQTT-4.6.0-4)');
    expect(poll()).toBe(4);
    expect(hexAt(OUTPUT, 4)).toBe('62020001');
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.NONE);
    expect(publish(1)).toBe(5);
    received('40020002', '', SessionEvent.PUBLISHED);
    received('70020003', '', SessionEvent.PUBLISHED);
    received('50020004', '62020004', SessionEvent.ACCEPTED);
  });

  it('a PUBREL that is sent again takes none of the Receive Maximum, a PUBLISH does', () => {
    fresh(4, 1);
    connect(5);
    publish(2);
    receive('50020001');
    publish(1);
    publish(1);
    close();
    connect(5, true, EXPIRY, '210001');
    publishRecord(1, true, 2);
    sendRefused(Result.TRANSITION_ILLEGAL, 'PUBREL comes first');
    expect(poll()).toBe(4);
    expect(hexAt(OUTPUT, 4)).toBe('62020001');
    expect(poll()).toBe(0);
    expect(context.packetId).toBe(2);
    publishRecord(1, true, 2);
    expect(send()).toBe(8);
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.NONE, 'the quota is used up');
    publishRecord(1, true, 3);
    sendRefused(Result.RECEIVE_MAXIMUM_REACHED, 'PUBLISH');
    received('70020001', '', SessionEvent.PUBLISHED);
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.NONE, 'the PUBCOMP gives nothing back');
    received('40020002', '', SessionEvent.PUBLISHED);
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.RESEND);
    publishRecord(1, true, 3);
    expect(send()).toBe(8);
  });

  it('forgets subscriptions in flight', () => {
    connected(5);
    subscribe(PacketType.SUBSCRIBE);
    publish(1);
    subscribe(PacketType.UNSUBSCRIBE);
    reconnect();
    expect(context.count).toBe(1);
    received('9004000100' + '00', '', SessionEvent.NONE);
  });

  it('takes the answer to a message that was not sent again yet', () => {
    connected(5);
    publish(2);
    reconnect();
    received('50020001', '62020001', SessionEvent.ACCEPTED);
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.NONE, 'the PUBREL went');
    reconnect();
    received('50020001', '62020001', SessionEvent.NONE);
    expect(poll()).toBe(0, 'not a second PUBREL');
  });

  it('is not seen by a context that was copied: it holds no addresses', () => {
    connected(5);
    publish(1);
    const copy = memory.data(1024, 16);
    memory.copy(copy, CONTEXT, 1024);
    fresh();
    memory.copy(CONTEXT, copy, 1024);
    reconnect();
    expect(poll()).toBe(0);
    expect(context.packetId).toBe(1);
  });

  it('the keep-alive time goes before what is to be sent again', () => {
    connected(4);
    publish(1);
    reconnect();
    at(60000);
    expect(poll()).toBe(2);
    expect(poll()).toBe(0);
    expect(event()).toBe(SessionEvent.RESEND);
    at(0);
  });
});

describe('outbound topic aliases (3.3.2.3.4)', () => {
  it('stay within the maximum of the server; which were set the caller knows', () => {
    fresh();
    connect(5, false, EXPIRY, '220002');
    publishRecord(0);
    setBytes(offsetof<Packet>('properties'), '230002');
    sendRefused(Result.OUT_OF_SPACE, 'no room', 8);
    expect(send()).toBe(9);
    setText(offsetof<Packet>('topic'), '');
    expect(send()).toBe(8);
    expect(record.topicAlias).toBe(2);
    setText(offsetof<Packet>('topic'), 'a');
    setBytes(offsetof<Packet>('properties'), '230003');
    sendRefused(Result.TOPIC_ALIAS_INVALID, 'MQTT-3.3.2-9');
    close();
    connect(5, true);
    publishRecord(0);
    setBytes(offsetof<Packet>('properties'), '230001');
    sendRefused(Result.TOPIC_ALIAS_INVALID, 'none is allowed by default');
  });
});
