import { readPolicy, type SuggestOptions, suggestPolicy } from '../../broker/index.js';
import { coloursFor } from '../output/colours.js';
import { policyReporter } from './policy-reporter.js';
import { requestsIn } from './policy-requests.js';

export interface PolicySuggestFlags extends SuggestOptions {
  trace: string;
  json?: boolean;
}

/** `wasmqtt policy suggest`: the policy on standard output, what there is to say of it on standard error. @throws UsageError */
export function policySuggestAction({ trace, json, ...options }: PolicySuggestFlags): void {
  const { stdout, stderr } = process;
  const tell = policyReporter(stderr, coloursFor(stderr));
  const document = suggestPolicy(requestsIn(trace, tell), options);
  stdout.write(`${JSON.stringify(document, null, json ? undefined : 2)}\n`);
  for (const { message } of readPolicy('suggested', JSON.stringify(document)).mistakes) {
    tell({ event: 'warning', text: `the policy is too long: ${message}` });
  }
}
