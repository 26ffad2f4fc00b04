import { editDistance } from '../../../../../node/edit-distance.js';
import type { CompiledStatement } from '../decide/compiled-statement.js';
import type { ConditionTest } from '../decide/condition-test.js';
import { CONTEXT_KEYS } from '../decide/context-key.js';
import { networkList } from '../decide/value-test.js';
import type { LintReport, StatementLint } from './lint-finding.js';

/** Keys of the control plane, which no device has (service authorization reference). */
const CONTROL_PLANE =
  /^(iot:(Delete|ThingGroupArn|TunnelDestinationService)|aws:(RequestTag|ResourceTag|TagKeys|CurrentTime|EpochTime|SecureTransport|PrincipalTag|UserAgent)\b.*)$/i;

/** Conditions that never hold, or hold where it is not meant. */
export const lintConditions: StatementLint = (one, report) => {
  for (const condition of one.conditions) lintOne(one, condition, report);
  const will = one.conditions.find(({ key }) => key.id === 'iot:lastwilltopic');
  if (!will || one.isDeny || one.conditions.some(({ key }) => key.id === 'iot:connectattributes')) return;
  report(
    'warning',
    'will-alone',
    will.entry.key.at,
    'users saw AWS end such connections after some minutes, as if it asked again without the will',
    'add a Condition of iot:ConnectAttributes with PersistentConnect and LastWill',
  );
};

function lintOne(one: CompiledStatement, { entry, operator, key }: ConditionTest, report: LintReport): void {
  const { name, quantifier, ifExists } = operator;
  const { at } = entry.key;
  const isCognito = key.text.startsWith('cognito-identity');
  if (key.id === undefined && !isCognito) {
    const isControl = CONTROL_PLANE.test(key.text);
    const near = CONTEXT_KEYS.find((known) => editDistance(known.toLowerCase(), key.text.toLowerCase()) < 3);
    const what = isControl
      ? `${key.text} is for calls of the control plane; a device has no value for it`
      : `${key.text} is not a key for devices`;
    report('error', isControl ? 'control-plane' : 'unknown-key', at, what, near ? `write ${near}` : 'remove it');
  }
  if (key.family === 'connect') {
    const others = ['iot:Publish', 'iot:Subscribe', 'iot:Receive'].filter((action) => one.isAbout(action));
    if (others.length > 0) {
      report(
        'error',
        'connect-only',
        at,
        `${key.text} has a value at iot:Connect only, and the statement is about ${others.join(', ')} too`,
        'make a statement for iot:Connect alone',
      );
    }
    if (key.id === 'iot:connectattributes' && !quantifier && name !== 'Null') {
      report(
        'error',
        'set-operator',
        entry.operator.at,
        `${key.text} is a set; ${entry.operator.text} compares a single value`,
        `write ForAllValues:${entry.operator.text} or ForAnyValue:${entry.operator.text}`,
      );
    }
    if (key.id === 'iot:lastwilltopic' && !name.startsWith('Arn') && name !== 'Null') {
      report(
        'warning',
        'arn-operator',
        entry.operator.at,
        `${key.text} is an ARN, and ${name} compares texts`,
        'write ArnEquals, with arn:aws:iot:REGION:ACCOUNT:topic/NAME',
      );
    }
  }
  if (quantifier === 'ForAllValues' && !one.isDeny && key.id !== 'iot:connectattributes') {
    report(
      'warning',
      'for-all',
      entry.operator.at,
      `${entry.operator.text} holds where ${key.text} has no value at all`,
      'add "Null": {"KEY": "false"}',
    );
  }
  if (ifExists && quantifier === 'ForAnyValue') {
    report(
      'warning',
      'if-exists',
      entry.operator.at,
      'ForAnyValue fails on a key without a value, also with IfExists',
      'remove IfExists',
    );
  }
  for (const { text, at: there } of entry.values) {
    if (/^String(Not)?Equals/.test(name) && /(^|[^{])[*?](?!\})/.test(text)) {
      report(
        'warning',
        'plain-wildcard',
        there,
        `${name} knows no wildcards: ${JSON.stringify(text)} is compared as it stands`,
        `write ${name.replace(/Equals.*/, 'Like')}`,
      );
    }
    if (name.endsWith('IpAddress') && !text.includes('${') && !networkList(text)) {
      report(
        'error',
        'network',
        there,
        `${JSON.stringify(text)} is neither an address nor a network; it never matches`,
        'write one such as 192.0.2.0/24',
      );
    }
    if ((name === 'Bool' || name === 'Null') && !/^(true|false)$/i.test(text) && !text.includes('${')) {
      report(
        'error',
        'boolean',
        there,
        `${name} compares true and false, and this is ${JSON.stringify(text)}; it never matches`,
        'write "true" or "false"',
      );
    }
  }
}
