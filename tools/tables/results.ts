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
    .map(({ name, code, source, source311, text }) => {
      const sources = source311 ? `${source}; 3.1.1: ${source311}` : source;
      return `| ${code} | \`${name}\` | ${text.replaceAll('|', '\\|')} | ${sources} |`;
    });
  return ['| code | name | what it says | rule |', '| ---: | --- | --- | --- |', ...rows].join('\n');
}
