import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type FileMistake, type NamedPolicy, readPolicy } from '../../broker/index.js';
import { reasonOf } from '../../node/reason.js';
import { UsageError } from '../process/user-error.js';
import type { PolicyReport } from './policy-events.js';

/** Policies that are attached to one certificate (quota of AWS IoT). */
const MOST = 10;
/** Mistakes that are reported one by one: a file of another kind has one in each line. */
const MOST_SHOWN = 20;

/**
 * The policies of these files, each named for its file.
 *
 * @throws UsageError when AWS would refuse one; each mistake has been reported by then
 */
export function readPolicyFiles(files: readonly string[], report: PolicyReport): Map<string, NamedPolicy> {
  const policies = new Map<string, NamedPolicy>();
  const mistakes: FileMistake[] = [];
  for (const file of files) {
    const name = policyName(file, [...policies.values()]);
    const { policy, mistakes: found } = readPolicy(name, readText(file));
    mistakes.push(
      ...found.map(({ line, column, rule, message }) => ({ file, line, column, message: `${rule}: ${message}` })),
    );
    if (policy) policies.set(file, policy);
  }
  refuse(mistakes, report, 'AWS answers MalformedPolicyException');
  if (files.length > MOST) {
    throw new UsageError(`there are ${files.length} policies, and AWS attaches ${MOST} to a certificate at most`);
  }
  return policies;
}

/** @param why what follows from the mistakes. @throws UsageError when there are any; they are reported first */
export function refuse(mistakes: readonly FileMistake[], report: PolicyReport, why: string): void {
  if (mistakes.length === 0) return;
  for (const mistake of mistakes.slice(0, MOST_SHOWN)) report({ event: 'mistake', ...mistake });
  throw new UsageError(`${mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`}: ${why}`);
}

/** @throws UsageError when it cannot be read */
export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file === '-' ? 0 : file));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

/** From the file's; what AWS does not take in names is a dash, and a second one of the same name gets a number. */
function policyName(file: string, others: readonly NamedPolicy[]): string {
  const plain =
    basename(file)
      .replace(/\.json$/i, '')
      .replace(/[^\w+=,.@-]/g, '-')
      .slice(0, 120) || 'policy';
  const alike = others.filter(({ name }) => name === plain || name.startsWith(`${plain}.`)).length;
  return alike === 0 ? plain : `${plain}.${alike + 1}`;
}
