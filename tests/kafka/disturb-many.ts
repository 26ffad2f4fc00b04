// npm run test:kafka
import { parseArgs } from 'node:util';
import { runCommand, wholeNumber } from '../../tools/command.js';
import { disturbances } from './disturbances.js';
import { KafkaCluster } from './kafka-cluster.js';
import { sinkRound, sourceRound } from './rounds.js';

const HELP = `Kills and stops nodes of a Kafka cluster while records go into it and come out of it, and looks whether one is missing or came twice.

npm run test:kafka                      100,000 records, nodes are away for a minute: about ten minutes
npm run test:kafka -- --records 20000 --seconds 10
`;

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
      for (const [way, round] of [['written', sinkRound] as const, ['read', sourceRound] as const]) {
        const { missing, doubled, outOfOrder, uncertain } = await round(cluster, records, disturbance);
        const mayDouble = way === 'read' || uncertain > 0;
        if (missing.length > 0 || outOfOrder.length > 0 || (doubled > 0 && !mayDouble)) bad++;
        console.log(
          `${disturbance.name}; ${records} records ${way}: ${missing.length} missing, ${doubled} doubled, ${uncertain} uncertain, ${outOfOrder.length} out of order`,
        );
      }
    }
  } finally {
    await cluster.remove();
  }
  return bad === 0 ? 0 : 1;
});
