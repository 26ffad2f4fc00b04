import type { OptionRow, UnsupportedRow } from '../../../host/broker/conf/options/option-row.js';
import { optionNames, optionRow } from '../../../host/broker/conf/options/options.js';

const PARTS: readonly [title: string, scopes: readonly OptionRow['scope'][]][] = [
  ['the broker', ['general']],
  ['who may come in, of the broker, or with `per_listener_settings` of each listener', ['security']],
  ['a listener', ['listener', 'default']],
  ['a bridge', ['bridge']],
];
const EFFECTS = { error: 'refused', warning: 'without effect, with a warning' };

/** Every option of a mosquitto.conf that the broker knows, for docs/broker.md. */
export function brokerOptionsTable(): string {
  const rows = optionNames().map((name) => optionRow(name)!);
  const served = rows.filter((row): row is OptionRow => !('unsupported' in row));
  const unsupported = rows.filter((row): row is UnsupportedRow => 'unsupported' in row);
  const parts = PARTS.map(([title, scopes]) => {
    const names = served.filter(({ scope }) => scopes.includes(scope)).map(({ name }) => name);
    return `| ${title} | ${list(names)} |`;
  });
  const advice = [...new Set(unsupported.map((row) => row.advice))].map((text) => {
    const same = unsupported.filter((row) => row.advice === text);
    return `| ${list(same.map(({ name }) => name))} | ${EFFECTS[same[0].unsupported]} | ${text} |`;
  });
  return [
    '| options of | names |',
    '| --- | --- |',
    ...parts,
    '',
    '| options of mosquitto | are | why, or what to do |',
    '| --- | --- | --- |',
    ...advice,
  ].join('\n');
}

function list(names: readonly string[]): string {
  return [...names]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ');
}
