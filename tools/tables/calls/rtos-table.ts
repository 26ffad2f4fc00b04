import { type RtosCase, rtosCases } from '../../../tests/host/microvisor/board/rtos/cases/index.js';

/** Every row of the conformance table of the RTOS, for docs/rtos-calls.md: each is a test. */
export function rtosTable(): string {
  const row = ({ call, from, when, returns }: RtosCase) => `| \`${call}\` | ${from} | ${when} | ${returns} |`;
  const sorted = [...rtosCases].sort((a, b) => (a.call < b.call ? -1 : Number(a.call > b.call)));
  return ['| call | from | when | returns |', '| --- | --- | --- | --- |', ...sorted.map(row)].join('\n');
}
