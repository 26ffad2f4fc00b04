import { readFigures } from '../../tests/bench/firmware/figures.js';
import { table as firmwareTable } from '../../tests/bench/firmware/table.js';
import { type Block, fencedFile } from './blocks.js';
import { brokerOptionsTable } from './broker/broker-options.js';
import { dojotVariablesTable } from './broker/dojot-variables.js';
import { rtosTable } from './calls/rtos-table.js';
import { systemCallTable } from './calls/system-calls.js';
import { conformanceCounts, conformanceTable } from './conformance.js';
import { headlineTable } from './headline.js';
import { helpText } from './help.js';
import { policyCaseTable, policyLintTable } from './policy/policy-cases.js';
import { resultTable } from './results.js';
import { sizesTable } from './sizes.js';
import { speedPlot } from './speed-plot.js';

const HELP = {
  run: 'docs/run.md',
  cloud: 'docs/rest-api.md',
  provision: 'docs/provision.md',
  doctor: 'docs/doctor.md',
  logs: 'docs/devices.md',
  'policy check': 'docs/aws-policies.md',
  'build-guest': 'docs/applications-in-c.md',
  'dojot pki': 'docs/dojot-pki.md',
};

/** The tests run it. */
const DEVICE_TEST = 'tests/host/microvisor/testing/pump.test.ts';

/** Every generated part of the documents that is made from files of the project, without measuring. */
const deviceTest = (): string => `<!-- not run: it is ${DEVICE_TEST}, a test -->\n${fencedFile('ts', DEVICE_TEST)}`;

const BLOCKS: readonly Block[] = [
  { name: 'sizes', file: 'docs/firmware.md', make: sizesTable },
  { name: 'firmware', file: 'docs/firmware.md', make: () => firmwareTable(readFigures()) },
  { name: 'results', file: 'docs/result-codes.md', make: resultTable },
  { name: 'conformance', file: 'docs/conformance.md', make: () => conformanceTable(conformanceCounts()) },
  { name: 'system-calls', file: 'docs/system-calls.md', make: systemCallTable },
  { name: 'rtos-calls', file: 'docs/rtos-calls.md', make: rtosTable },
  { name: 'device-test', file: 'docs/testing-a-device.md', make: deviceTest },
  { name: 'broker-options', file: 'docs/broker.md', make: brokerOptionsTable },
  { name: 'dojot-variables', file: 'docs/dojot.md', make: dojotVariablesTable },
  { name: 'policy-cases', file: 'docs/aws-policies.md', make: policyCaseTable },
  { name: 'policy-lints', file: 'docs/aws-policies.md', make: policyLintTable },
  ...Object.entries({ ...HELP, bench: 'docs/speed.md' }).map(([command, file]) => ({
    name: `help-${command.replaceAll(' ', '-')}`,
    file,
    make: () => helpText(command),
  })),
  { name: 'headline', file: 'README.md', make: headlineTable },
  { name: 'speed-plot', file: 'docs/speed.svg', make: speedPlot },
];

export const GENERATED_NAMES: readonly string[] = BLOCKS.map(({ name }) => name);

/** All of them, or those of these names. @throws Error when a name does not exist */
export function generated(names: readonly string[] = GENERATED_NAMES): Block[] {
  return names.map((name) => {
    const block = BLOCKS.find((candidate) => candidate.name === name);
    if (!block) throw new Error(`there is no generated part ${name}`);
    return block;
  });
}
