import type { Packet, ProtocolVersion } from '../../../../host/core/index.js';
import { brokerBytes } from './packet-words.js';

/** A generator of numbers below a limit, the same ones for the same seed. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * limit);
  };
}

const READ = ['next', 'read-connect', 'read-publish', 'read-message 64 256', 'read-message 64 256', 'read-subscribe 8'];
const REST = ['read-unsubscribe 8', 'read-lost 64', 'read-disconnect'];

const broker = (packet: Packet, version: ProtocolVersion): string => `broker ${brokerBytes(packet, version)}`;

/** Commands of an application whose broker makes mistakes: requests, packets, and after each step everything is read. */
export function randomScript(seed: number, steps: number): string[] {
  const below = numbers(seed);
  const version = below(2) === 0 ? 4 : 5;
  const clean = below(2);
  const expiry = below(2) * 60;
  const script = [`expiry ${expiry}`, 'setup 51 16', 'network 1', 'poll'];
  const connect = () => [
    ...['open 1 4096 512', `connect ${version === 5 ? 5 : 3} ${clean} 60 client-1`, 'poll', 'sent'],
    broker(
      {
        type: 'connack',
        sessionPresent: clean === 0 && (version === 4 || expiry > 0) && below(2) === 0,
        reasonCode: 0,
      },
      version,
    ),
  ];
  const packet = (value: object) => broker(value as Packet, version);
  const qos = () => below(3) as 0 | 1 | 2;
  let nextId = 1;
  const message = () => {
    const level = qos();
    const again = below(4) === 0;
    const packetId = again ? 1 + below(nextId) : nextId++;
    const payload = Buffer.from('m'.repeat(below(60)));
    return packet({
      type: 'publish',
      topic: `t/${below(3)}`,
      payload,
      qos: level,
      retain: false,
      dup: again && level > 0,
      packetId,
    });
  };
  const kinds: (() => string[])[] = [
    () => [`publish ${below(99)} ${qos()} ${below(2)} p/${below(3)} ${below(9) === 0 ? '-' : `*${below(80)}`}`],
    () => [`publish ${below(99)} 1 0 p x`, 'poll', `publish ${below(99)} 2 0 p y`],
    () => [`subscribe ${below(99)} ${qos()} a/${below(9)} b`],
    () => [`unsubscribe ${below(99)} a`],
    () => [message()],
    () => [message()],
    () => [`ack ${1 + below(8)}`],
    () => [`ack ${1 + below(8)}`],
    () => [packet({ type: 'puback', packetId: 1 + below(6), reasonCode: 0 })],
    () => [packet({ type: 'pubrec', packetId: 1 + below(6), reasonCode: 0 })],
    () => [packet({ type: 'pubcomp', packetId: 1 + below(6), reasonCode: 0 })],
    () => [packet({ type: 'pubrel', packetId: 1 + below(nextId), reasonCode: 0 })],
    () => [packet({ type: 'suback', packetId: 1 + below(6), reasonCodes: [0, 1] })],
    () => [`time ${below(40_000)}`, packet({ type: 'pingresp' })],
    () => (below(3) > 0 ? [] : ['disconnect']),
    () => (below(3) > 0 ? [] : ['fail 7']),
    () => ['close', 'poll', 'time 1001', ...connect()],
  ];
  script.push(...connect());
  for (let step = 0; step < steps; step++) {
    for (const line of kinds[below(kinds.length)]()) script.push(line, 'poll');
    script.push('sent', ...READ, ...REST, 'news');
  }
  return script;
}
