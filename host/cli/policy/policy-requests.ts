import { actionFact, type PolicyRequest, readRunTrace, type TracedRequest } from '../../broker/index.js';
import { UsageError } from '../process/user-error.js';
import type { PolicyReport } from './policy-events.js';
import { readText, refuse } from './policy-files.js';

/** What is asked for, with the client that asks where it is known. */
export type AskedRequest = PolicyRequest & Partial<TracedRequest>;

const AFTER_ACCOUNT = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.*)$/s;

/**
 * ACTION and RESOURCE of the command line. The action may leave out `iot:`; the resource may be a whole ARN.
 *
 * @throws UsageError for an action that does not exist, or a resource of a type that it is not asked about
 */
export function requestOf(action: string, resource: string): AskedRequest {
  const fact = actionFact(action);
  if (!fact) throw new UsageError(`${action} is not an action of AWS IoT; give one such as iot:Publish or Publish`);
  const rest = AFTER_ACCOUNT.exec(resource)?.[1] ?? resource;
  const [type] = fact.types;
  if (type !== '*' && !rest.startsWith(`${type}/`)) {
    throw new UsageError(
      `${fact.name} is asked about ${type}/: give ${type}/${rest.replace(/^(topic|topicfilter|client|thing)\//, '')} for ${resource}`,
    );
  }
  return { action: fact.name, resource: rest };
}

/** The requests of a trace. @throws UsageError for a file that is not one; each mistake has been reported by then */
export function requestsIn(file: string, report: PolicyReport): readonly TracedRequest[] {
  const { requests, mistakes } = readRunTrace(readText(file));
  refuse(
    mistakes.map(({ line, message }) => ({ file, line, column: 1, message })),
    report,
    'the trace cannot be used',
  );
  const isQos2 = requests.find((one) => one.isQos2);
  if (isQos2) {
    report({
      event: 'warning',
      text: `QoS 2 in line ${isQos2.line}: AWS has none, and ignores the packet or ends the connection`,
    });
  }
  return requests;
}
