import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

/** A result code as assembly/abi describes it. */
interface ResultCode {
  name: string;
  code: number;
  source: string;
  source311?: string;
  text: string;
  reasonCode?: number;
  reasonCodeIn?: Record<string, number>;
  clause?: { class: string };
}

const CLASSES: Record<string, string> = {
  'malformed-packet': 'Malformed Packet',
  'protocol-error': 'Protocol Error',
  'other-error': 'other error',
};
const hex = (code: number) => `0x${code.toString(16).toUpperCase()}`;

/** The class of an error and its reason code in MQTT 5: "Protocol Error, 0x82; SUBSCRIBE: 0x9E". */
function classOf({ clause, reasonCode, reasonCodeIn = {} }: ResultCode): string {
  if (!clause || reasonCode === undefined) return '';
  const others = Object.entries(reasonCodeIn).map(([type, code]) => `; ${type}: ${hex(code)}`);
  return `${CLASSES[clause.class]}, ${hex(reasonCode)}${others.join('')}`;
}

/** Every result code of the core, of the device application and of the C bindings, for docs/result-codes.md. */
export function resultTable(): string {
  const folder = join(root, 'assembly/abi');
  const codes = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name): ResultCode[] => {
      const { results = [], bindingResults = [] } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return [...results, ...bindingResults];
    });
  const rows = codes
    .sort((one, other) => other.code - one.code)
    .map((result) => {
      const { name, code, source, source311, text } = result;
      const sources = source311 ? `${source}; 3.1.1: ${source311}` : source;
      return `| ${code} | \`${name}\` | ${text.replaceAll('|', '\\|')} | ${sources} | ${classOf(result)} |`;
    });
  const head = ['| code | name | what it says | rule | class and reason code |', '| ---: | --- | --- | --- | --- |'];
  return [...head, ...rows].join('\n');
}
