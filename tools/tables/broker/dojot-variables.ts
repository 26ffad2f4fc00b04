import { BROKER_VARIABLES, type BrokerVariable } from '../../../host/dojot/broker/index.js';

const GENERATIONS = [1, 2, 3] as const;

/** Every environment variable of dojot's broker, for docs/dojot.md. */
export function dojotVariablesTable(): string {
  const rows: readonly BrokerVariable[] = BROKER_VARIABLES;
  return [
    '| variable | generation 1 | 2 | 3 | what it is |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(({ name, defaults, meaning, isIdle }) => {
      const cells = GENERATIONS.map((generation) => cell(defaults[generation]));
      return `| \`${name}\` | ${cells.join(' | ')} | ${meaning}${isIdle ? `; without effect: ${isIdle}` : ''} |`;
    }),
  ].join('\n');
}

/** A default; a generation without the variable has an empty cell. */
function cell(text: string | undefined): string {
  if (text === undefined) return '';
  return text === '' ? 'none' : `\`${text}\``;
}
