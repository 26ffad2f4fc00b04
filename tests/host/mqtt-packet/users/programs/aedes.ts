// An aedes broker on a free loopback port. Prints its events, one JSON object a line, until it is ended.
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import * as codec from 'mqtt-packet';

const print = (event: string, data: object) => console.log(JSON.stringify({ event, ...data }));
type CodecError = Error & { codeName?: string };

const broker = await Aedes.createBroker();
broker.on('client', ({ id, version }) => print('client', { id, version }));
broker.on('subscribe', (subscriptions, { id }) => print('subscribe', { id, subscriptions }));
broker.on('clientError', (_client, { name, codeName }: CodecError) => print('clientError', { name, codeName }));
broker.on('connectionError', (_client, { name, codeName, message }: CodecError) =>
  print('connectionError', { name, codeName, message }),
);
const server = createServer(broker.handle);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  print('listening', { port, ours: 'PacketError' in codec });
});
