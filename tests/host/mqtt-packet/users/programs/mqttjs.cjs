// MQTT.js against the broker on port PORT, in the protocol version VERSION: node mqttjs.cjs PORT VERSION
// Prints what comes, one JSON object a line.
const { once } = require('node:events');
const mqtt = require('mqtt');
const codec = require('mqtt-packet');

const [port, version] = process.argv.slice(2).map(Number);
const v5 = version === 5;
const print = (event, data) => console.log(JSON.stringify({ event, ...data }));

function connect(clientId, more = {}) {
  return mqtt.connect({
    host: '127.0.0.1',
    port,
    clientId,
    protocolVersion: version,
    reconnectPeriod: 0,
    writeCache: false,
    ...(version === 3 ? { protocolId: 'MQIsdp' } : {}),
    ...more,
  });
}

async function main() {
  const subscriber = connect('subscriber');
  const [connack] = await once(subscriber, 'connect');
  print('codec', { ours: 'PacketError' in codec, cacheNumbers: codec.writeToStream.cacheNumbers });
  print('connack', { connack });
  const messages = [];
  let wake = () => {};
  subscriber.on('message', (topic, payload, { qos, retain, properties }) => {
    const { correlationData, ...others } = properties ?? {};
    messages.push({
      topic,
      payload: payload.length > 1000 ? payload.length : payload.toString(),
      qos,
      retain,
      ...(v5 ? { properties: others, correlationData: correlationData?.toString() } : {}),
    });
    wake();
  });
  const arrived = async (count) => {
    while (messages.length < count)
      await new Promise((resolve) => {
        wake = resolve;
      });
  };
  const options = v5
    ? { properties: { subscriptionIdentifier: 321, userProperties: { why: ['a', 'b'] } }, rap: true }
    : {};
  print('granted', { granted: await subscriber.subscribeAsync('t/#', { qos: 2, ...options }) });

  const publisher = connect('publisher', {
    username: 'u',
    password: 'p',
    will: {
      topic: 't/will',
      payload: 'gone',
      qos: 1,
      retain: false,
      ...(v5 ? { properties: { contentType: 'text/plain', userProperties: { u: '€' } } } : {}),
    },
  });
  await once(publisher, 'connect');
  const properties = v5
    ? {
        payloadFormatIndicator: true,
        messageExpiryInterval: 60,
        contentType: 'text/plain',
        responseTopic: 'answer',
        correlationData: Buffer.from('c'),
        userProperties: { k: ['1', '2'] },
      }
    : undefined;
  const publish = async (topic, payload, options) => {
    const count = messages.length + 1;
    await publisher.publishAsync(topic, payload, options);
    await arrived(count);
  };
  for (const qos of [0, 1, 2])
    await publish(`t/q${qos}/é`, `payload ${qos} €`, { qos, ...(properties ? { properties } : {}) });
  await publish('t/large', 'x'.repeat(200_000), { qos: 1 });
  await publish('t/empty', '', { qos: 0 });
  publisher.stream.destroy();
  await arrived(6);
  for (const message of messages) print('message', message);

  await subscriber.unsubscribeAsync('t/#');
  subscriber.sendPing();
  await once(subscriber, 'packetreceive');

  // A topic that may not be sent: the codec refuses it and nothing of it reaches the broker.
  const refused = once(subscriber, 'error');
  const closed = new Promise((resolve) => subscriber.once('close', resolve));
  subscriber.publish('t/#', 'x');
  const [error] = await refused;
  print('refused', { name: error.name, codeName: error.codeName, statement: error.statement });
  await closed;

  const last = connect('last');
  await once(last, 'connect');
  await last.endAsync(false, v5 ? { reasonCode: 0, properties: { sessionExpiryInterval: 0 } } : {});
  print('done', {});
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
