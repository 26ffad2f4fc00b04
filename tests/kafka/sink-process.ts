// A sink in a process of its own, which a test kills: writes what was acknowledged to standard output.
import { writeSync } from 'node:fs';
import process from 'node:process';
import { KafkaSink } from '../../host/dojot/bridge/kafka/kafka-sink.js';
import { numbered } from './kafka-records.js';

const [brokers, topic, first, count, batch] = process.argv.slice(2);
const sink = new KafkaSink({ brokers: brokers.split(','), clientId: 'child' });
for (let at = Number(first); at < Number(count); at += Number(batch)) {
  await sink.send(numbered(topic, at, Number(batch)));
  writeSync(1, `${at + Number(batch)}\n`);
}
await sink.close();
