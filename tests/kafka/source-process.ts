// A source in a process of its own, which a test kills: writes each value to standard output before it is confirmed.
import { writeSync } from 'node:fs';
import process from 'node:process';
import { KafkaSource } from '../../host/dojot/bridge/kafka/kafka-source.js';
import { keyAndValue } from './rounds.js';

const [brokers, groupId, topic] = process.argv.slice(2);
const source = new KafkaSource({
  brokers: brokers.split(','),
  clientId: 'child',
  groupId,
  topics: [topic],
  sessionTimeout: 3000,
});
await source.start(async (record) => {
  const { key, value } = keyAndValue(record);
  writeSync(1, `${key} ${value}\n`);
});
