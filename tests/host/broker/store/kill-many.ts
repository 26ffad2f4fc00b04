// npm run test:kill
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, wholeNumber } from '../../../../tools/command.js';
import { writeBlock } from '../../../../tools/tables/blocks.js';
import { killRounds } from './kill-rounds.js';

const HELP = `Kills the broker with -9 in the middle of messages of QoS 1 and 2, and looks whether one that was acknowledged is missing
or one of QoS 2 came twice. A broker that does not wait for the disk comes first: there the same look has to find something.

npm run test:kill                       20 times during 100,000 messages each: about ten minutes
npm run test:kill -- --rounds 5 --messages 20000
npm run test:kill -- --write            also writes the result into docs/broker.md
`;

const number = (value: number) => value.toLocaleString('en-US');

async function inFolder<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-kill-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Whether the look sees a loss: messages are missing, or a client gets what no client may ever get. */
function seesLosses(): Promise<boolean> {
  const losing = inFolder((directory) => killRounds(directory, 2, 5000, 'interval'));
  return losing.then(
    ({ missing }) => missing.length > 0,
    () => true,
  );
}

await runCommand('test:kill', async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      messages: { type: 'string', default: '100000' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const rounds = wholeNumber('rounds', values.rounds, 1);
  const messages = wholeNumber('messages', values.messages, 100);
  if (!(await seesLosses()))
    throw new Error('a broker that does not wait for the disk lost nothing: the test proves nothing');
  const { acknowledged, missing, doubled } = await inFolder((directory) => killRounds(directory, rounds, messages));
  const text = `\`npm run test:kill\`: the broker was killed with -9 ${rounds} times, each time in the middle of ${number(messages)} messages of QoS 1 and 2
from two publishers to two subscribers of 3.1.1 and 5. ${number(acknowledged)} were acknowledged: **${number(missing.length)} missing, ${number(doubled.length)} of QoS 2
doubled**. The same look at a broker with \`--persistence interval\` does find losses.`;
  console.log(text);
  if (values.write) writeBlock({ name: 'kill-rounds', file: 'docs/broker.md', make: () => text });
  return missing.length + doubled.length === 0 ? 0 : 1;
});
