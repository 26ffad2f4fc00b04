import { Command, InvalidArgumentError, Option } from 'commander';
import { jsonOption } from '../options/shared-options.js';
import type { PolicyCheckFlags } from '../policy/policy-check-action.js';
import type { PolicyLintFlags } from '../policy/policy-lint-action.js';
import type { PolicySuggestFlags } from '../policy/policy-suggest-action.js';

const EXAMPLES = `
Examples:
  wasmqtt policy lint device.json                what never matches, or allows more than it says
  wasmqtt policy check --policy device.json --thing pump-1 Publish topic/sensor/pump-1
  wasmqtt run --for 30s --json > trace.ndjson
  wasmqtt policy check --policy device.json --thing pump-1 --trace trace.ndjson
  wasmqtt policy suggest --trace trace.ndjson > device.json`;

const CHECK = `
Examples:
  wasmqtt policy check --policy device.json      would AWS take it?
  wasmqtt policy check --policy device.json --thing pump-1 Connect client/pump-1
  wasmqtt policy check --policy device.json --thing pump-1 --client-id other Subscribe 'topicfilter/command/#'
  wasmqtt policy check --policy device.json --things things.json --trace trace.ndjson --json

RESOURCE is what follows the account in an ARN (client/ID, topic/TOPIC, topicfilter/FILTER), or the whole ARN. A refusal names the statement
that denies it or that none allows it, the nearest resource, and the smallest edit that allows it. Nothing is sent anywhere.
Exit code 0: all is allowed. 1: something is refused. 2: wrong usage, or a policy that AWS would refuse, with line and column.`;

const LINT = `
Examples:
  wasmqtt policy lint device.json group.json     both together, as if attached to one certificate
  wasmqtt policy lint --account 123456789012 --region us-west-2 device.json
  wasmqtt policy lint --json device.json | jq 'select(.severity == "error")'

Exit code 1 when there is an error: something that never does what it says. Warnings alone give 0.`;

const SUGGEST = `
Examples:
  wasmqtt run --for 30s --json > trace.ndjson
  wasmqtt policy suggest --trace trace.ndjson --region us-west-2 --account 123456789012 > device.json

The policy allows what the trace has and what its subscriptions may bring, and nothing else. Where the client id stands in a topic, the
variable of the thing's name is written, so that the policy fits all devices.`;

const EVERY = (text: string, before: string[] = []): string[] => [...before, text];

export function policyCommand(command: Command): void {
  command
    .addCommand(checkCommand())
    .addCommand(lintCommand())
    .addCommand(suggestCommand())
    .addHelpText('after', EXAMPLES);
}

function checkCommand(): Command {
  return new Command('check')
    .description('what policies allow, or why they refuse it')
    .argument('[action]', 'such as Publish, or iot:Publish')
    .argument('[resource]', 'such as topic/sensor/pump-1')
    .addOption(
      new Option('--policy <file>', 'policy document that is attached; again for more')
        .argParser(EVERY)
        .default([], 'none'),
    )
    .option('--thing <name>', 'thing that is attached to the certificate')
    .option('--things <file>', 'registry of things and certificates (docs/aws-iot.md)')
    .option('--client-id <id>', 'client id (default: the name of the thing)')
    .option('--certificate <file>', 'certificate of the device, PEM or DER, for the variables iot:Certificate...')
    .option('--source-ip <address>', 'address of the device, for aws:SourceIp')
    .option('--domain-name <name>', 'name in TLS, for iot:DomainName')
    .option('--persistent', 'Connect asks for a session that stays')
    .option('--will-topic <topic>', 'Connect has a will on this topic')
    .addOption(regionOption())
    .addOption(accountOption())
    .option('--trace <file>', 'check what "wasmqtt run --json" printed; - is standard input')
    .addOption(jsonOption())
    .addHelpText('after', CHECK)
    .action(async (action: string | undefined, resource: string | undefined, flags: PolicyCheckFlags) =>
      (await import('../policy/policy-check-action.js')).policyCheckAction(action, resource, flags),
    );
}

function lintCommand(): Command {
  return new Command('lint')
    .description('what AWS takes although it never matches, or allows more than it says')
    .argument('<file...>', 'policy documents that are attached together')
    .addOption(regionOption())
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText('after', LINT)
    .action(async (files: string[], flags: PolicyLintFlags) =>
      (await import('../policy/policy-lint-action.js')).policyLintAction(files, flags),
    );
}

function suggestCommand(): Command {
  return new Command('suggest')
    .description('the least policy for what an application did')
    .requiredOption('--trace <file>', 'what "wasmqtt run --json" printed; - is standard input')
    .addOption(regionOption('*'))
    .addOption(accountOption('*'))
    .addOption(new Option('--partition <name>', 'of the ARNs').choices(['aws', 'aws-cn', 'aws-us-gov']).default('aws'))
    .addOption(
      new Option('--identity <kind>', 'what is written for the client id')
        .choices(['thing', 'client-id', 'none'])
        .default('thing'),
    )
    .addOption(jsonOption())
    .addHelpText('after', SUGGEST)
    .action(async (flags: PolicySuggestFlags) =>
      (await import('../policy/policy-suggest-action.js')).policySuggestAction(flags),
    );
}

const MOST_NAMED = 'the one that most ARNs name';

function regionOption(usual = MOST_NAMED): Option {
  return new Option('--region <name>', `region, such as us-west-2 (default: ${usual})`).argParser((text) => {
    if (text === usual || /^[a-z]{2}(-[a-z]+)+-\d+$/.test(text)) return text;
    throw new InvalidArgumentError('Give a region such as us-west-2.');
  });
}

function accountOption(usual = MOST_NAMED): Option {
  return new Option('--account <id>', `account, 12 digits (default: ${usual})`).argParser((text) => {
    if (text === usual || /^\d{12}$/.test(text)) return text;
    throw new InvalidArgumentError('Give the 12 digits of an account.');
  });
}
