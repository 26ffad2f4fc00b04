import type { PolicyContext } from '../../broker/index.js';
import { coloursFor } from '../output/colours.js';
import { UsageError, UserError } from '../process/user-error.js';
import { policyReporter } from './policy-reporter.js';
import { type AskedRequest, requestOf, requestsIn } from './policy-requests.js';
import { type SubjectFlags, subjectOf } from './policy-subject.js';

export interface PolicyCheckFlags extends SubjectFlags {
  trace?: string;
  persistent?: boolean;
  willTopic?: string;
  json?: boolean;
}

/**
 * `wasmqtt policy check`.
 *
 * @throws UserError when something is refused; UsageError for policies that AWS would not take
 */
export function policyCheckAction(
  action: string | undefined,
  resource: string | undefined,
  flags: PolicyCheckFlags,
): void {
  const { stdout } = process;
  const report = policyReporter(stdout, coloursFor(stdout), flags.json);
  if ((action === undefined) !== (resource === undefined))
    throw new UsageError('give both ACTION and RESOURCE, such as: Publish topic/a');
  if (action !== undefined && flags.trace !== undefined)
    throw new UsageError('give ACTION and RESOURCE, or --trace, not both');
  if (flags.policy.length === 0 && flags.things === undefined) throw new UsageError('give a policy with --policy FILE');
  const subject = subjectOf(flags, report);
  const asked = requestsFor(action, resource, flags);
  const requests = flags.trace === undefined ? asked : requestsIn(flags.trace, report);
  let refused = 0;
  for (const request of requests) {
    const { policies, context } = subject(clientOf(request));
    const decision = policies.decide(
      request,
      request.action === 'iot:Connect' ? { ...context, ...connectOf(flags) } : context,
    );
    if (!decision.allowed) refused++;
    const { text, nearest, edit, mistake } = decision.explain();
    const { count, line } = request;
    const why =
      request.isWill && !decision.allowed ? `the will is asked for at CONNECT, which is refused: ${text}` : text;
    report({
      event: 'decision',
      action: request.action,
      resource: request.resource,
      clientId: context.clientId,
      allowed: decision.allowed,
      statement: decision.statement,
      text: why,
      nearest,
      edit,
      mistake,
      count,
      line,
    });
  }
  const { policies } = subject().policies;
  report({
    event: 'summary',
    policies: policies.length,
    statements: policies.reduce((sum, policy) => sum + policy.statements.length, 0),
    allowed: requests.length - refused,
    refused,
    errors: 0,
    warnings: 0,
  });
  if (refused > 0)
    throw new UserError(
      `${refused} of ${requests.length} ${requests.length === 1 ? 'request is' : 'requests are'} refused`,
    );
}

/** A request to connect as somebody names the client. */
function clientOf({ clientId, action, resource }: AskedRequest): string | undefined {
  return clientId ?? (action === 'iot:Connect' ? resource.slice('client/'.length) : undefined);
}

/** A CONNECT with a will also asks for its topic. */
function requestsFor(
  action: string | undefined,
  resource: string | undefined,
  { willTopic }: PolicyCheckFlags,
): AskedRequest[] {
  if (action === undefined || resource === undefined) return [];
  const request = requestOf(action, resource);
  if (request.action !== 'iot:Connect' || willTopic === undefined) return [request];
  const clientId = request.resource.slice('client/'.length);
  return [request, { action: 'iot:Publish', resource: `topic/${willTopic}`, clientId, isWill: true }];
}

function connectOf({ persistent, willTopic }: PolicyCheckFlags): PolicyContext {
  return {
    connectAttributes: [
      ...(persistent ? (['PersistentConnect'] as const) : []),
      ...(willTopic === undefined ? [] : (['LastWill'] as const)),
    ],
    lastWillTopic: willTopic,
  };
}
