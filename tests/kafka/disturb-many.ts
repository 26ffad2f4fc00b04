// npm run test:kafka
import { parseArgs } from 'node:util';
import { runCommand, wholeNumber } from '../../tools/command.js';
import { disturbances } from './disturbances.js';
import { KafkaCluster } from './kafka-cluster.js';
import { type Account, round } from './rounds.js';

const HELP = `Kills and stops nodes of a Kafka cluster while records go into it and come out of it, and looks whether one is missing or came twice.

npm run test:kafka                      100,000 records, nodes are away for a minute: about ten minutes
npm run test:kafka -- --records 20000 --seconds 10
`;

const words = ({ missing, doubled, outOfOrder }: Account) =>
  `${missing} missing, ${doubled} doubled, ${outOfOrder} out of order`;

await runCommand('test:kafka', async () => {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const records = wholeNumber('records', values.records, 1000);
  const seconds = wholeNumber('seconds', values.seconds, 1);
  const cluster = await KafkaCluster.create();
  let bad = 0;
  try {
    for (const disturbance of disturbances(seconds)) {
      const { sent, written, uncertain, read } = await round(cluster, records, disturbance);
      const lost = written.missing + written.outOfOrder + read.missing + read.outOfOrder;
      if (lost > 0 || (written.doubled > 0 && uncertain === 0)) bad++;
      console.log(`${disturbance.name}: ${sent} sent`);
      console.log(`  written: ${words(written)}; ${uncertain} uncertain`);
      console.log(`  read: ${words(read)}`);
    }
  } finally {
    await cluster.remove();
  }
  return bad === 0 ? 0 : 1;
});
