// What MQTT.js and aedes do where a strict codec refuses. Prints one JSON object a line: the name of the case, the bytes that the
// other side received, and the error that the user of the package sees.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';

type Seen = Error & { codeName?: string; code?: number | string; receivedCode?: number };

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const errorOf = ({ name, message, codeName, code, receivedCode }: Seen) =>
  receivedCode
    ? `${name} ${codeName} ${message} (${receivedCode})`
    : codeName
      ? `${name} ${codeName}`
      : typeof code === 'number'
        ? `${message} (${code})`
        : message;
const print = (name: string, received: Buffer[], error: string | undefined, subscriptions?: unknown) =>
  console.log(JSON.stringify({ name, received: Buffer.concat(received).toString('hex'), error, subscriptions }));

/** Runs `act` with the port of a server on the loopback interface. */
async function served(handle: (socket: Socket) => void, act: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await act((server.address() as AddressInfo).port);
  await new Promise((resolve) => server.close(resolve));
}

/** Sends a packet to aedes, and the next one after each answer, until aedes closes or has sent `wanted` answers. */
function converse(
  port: number,
  packets: string[],
  wanted: number,
  answered: (count: number) => void,
): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(hex(packets[0])));
    socket.on('data', (chunk) => {
      received.push(chunk);
      answered(received.length);
      if (received.length === wanted) socket.destroy();
      else if (received.length < packets.length) socket.write(hex(packets[received.length]));
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(received));
  });
}

async function aedesCase(
  name: string,
  options: object,
  packets: string[],
  wanted: number,
  answered: (broker: Aedes, count: number) => void = () => {},
): Promise<void> {
  const broker = await Aedes.createBroker(options);
  const errors: string[] = [];
  let subscribed: unknown;
  broker.on('subscribe', (subscriptions) => {
    subscribed = subscriptions;
  });
  for (const event of ['clientError', 'connectionError'] as const) {
    broker.on(event, (_, error: Seen) => errors.push(errorOf(error)));
  }
  await served(broker.handle, async (port) => {
    const received = await converse(port, packets, wanted, (count) => answered(broker, count));
    print(name, received, errors[0], subscribed);
  });
  await new Promise<void>((resolve) => broker.close(resolve));
}

/** A client of MQTT.js on a server that answers each CONNECT with these bytes, and ends with `act` or the first error. */
async function clientCase(
  name: string,
  options: object,
  answer: string,
  act: (client: mqtt.MqttClient) => void = () => {},
): Promise<void> {
  const received: Buffer[] = [];
  let came = () => {};
  const serve = (socket: Socket) => {
    socket.once('data', () => socket.write(hex(answer)));
    socket.on('data', (chunk) => {
      received.push(chunk);
      came();
    });
    socket.on('error', () => {});
  };
  await served(serve, async (port) => {
    const client = mqtt.connect({
      host: '127.0.0.1',
      port,
      clientId: 'c',
      reconnectPeriod: 0,
      ...options,
      lenient: process.argv[2] === 'lenient',
    } as mqtt.IClientOptions);
    const error = await new Promise<string | undefined>((resolve) => {
      client.on('error', (problem: Seen) => resolve(errorOf(problem)));
      client.on('connect', () => act(client));
      // What follows the CONNECT is what the case is about.
      came = () => {
        if (Buffer.concat(received).length > 2 + Buffer.concat(received)[1]) resolve(undefined);
      };
    });
    await new Promise<void>((resolve) => client.end(true, () => resolve()));
    const all = Buffer.concat(received);
    print(name, [all.subarray(2 + all[1])], error);
  });
}

const connect311 = (level: string, keepAlive: string) => `100d 0004 4d515454 ${level} 02 ${keepAlive} 0001 63`;

await aedesCase('keepaliveLimit', { keepaliveLimit: 30 }, [connect311('04', '003c')], 1);
await aedesCase('bridge', {}, [connect311('84', '0000'), '8206 0001 0001 61 01'], 2);
await aedesCase('wildcard', {}, [connect311('04', '0000'), '8206 0001 0001 23 00'], 3, (broker, count) => {
  const packet = { cmd: 'publish', topic: 'a/+', payload: 'x', qos: 0, dup: false, retain: false } as const;
  if (count === 2) broker.publish(packet, () => {});
});
const v5 = { protocolVersion: 5, properties: { authenticationMethod: 'm' } };
await clientCase('authPacket', { ...v5, authPacket: { cmd: 'auth', reasonCode: 24 } }, '2003 00 00 00');
await clientCase('returnCode', {}, '2002 00 06');
await clientCase('notAuthorized', {}, '2002 00 87');
await clientCase('dup', {}, '2002 00 00', (client) => client.publish('a', 'x', { dup: true }));
process.exit(0);
