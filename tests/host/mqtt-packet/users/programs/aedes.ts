// An aedes broker on a free loopback port. Prints its events, one JSON object a line, until it is ended.
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import * as codec from 'mqtt-packet';

/** Errors of the drop-in have a name for their code. */
type NamedError = Error & { codeName?: string };

const print = (event: string, data: object) => console.log(JSON.stringify({ event, ...data }));

const broker = await Aedes.createBroker();
broker.on('client', ({ id, version }) => print('client', { id, version }));
broker.on('subscribe', (subscriptions, { id }) => print('subscribe', { id, subscriptions }));
broker.on('clientError', (_client, { name, codeName }: NamedError) => print('clientError', { name, codeName }));
broker.on('connectionError', (_client, { name, codeName, message }: NamedError) =>
  print('connectionError', { name, codeName, message }),
);
const server = createServer(broker.handle);
server.listen(0, '127.0.0.1', () =>
  print('listening', { port: (server.address() as AddressInfo).port, ours: 'PacketError' in codec }),
);
