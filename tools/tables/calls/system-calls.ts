import { MvStatus, nameOf, type SystemCallName, systemCalls } from '../../../build/abi/microvisor.js';
import { allowedStatuses } from '../../../host/microvisor/index.js';
import { impossible } from '../../../tests/host/microvisor/cases/impossible.js';
import { allCases } from '../../../tests/host/microvisor/cases/index.js';

/**
 * The table of docs/system-calls.md: every status of every call, with what brings it about in the tests.
 * @throws Error when a status has no test, and nothing says why
 */
export function systemCallTable(): string {
  const calls = Object.keys(systemCalls) as SystemCallName[];
  const rows = calls.flatMap((call) =>
    allowedStatuses(call).map((code, index) => {
      const status = nameOf(MvStatus, code);
      return `| ${index === 0 ? `\`${call}\`` : ''} | ${status} | ${conditions(call, status)} |`;
    }),
  );
  return ['| call | status | tested |', '| --- | --- | --- |', ...rows].join('\n');
}

function conditions(call: SystemCallName, status: string): string {
  const found = allCases.filter((one) => one.call === call && one.status === status).map(({ when }) => when);
  if (found.length > 0) return [...new Set(found)].join('; ');
  const reason = impossible[`${call} ${status}`];
  if (reason === undefined) throw new Error(`no test brings about ${status} of ${call}, and nothing says why`);
  return `never: ${reason}`;
}
