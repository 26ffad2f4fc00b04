import { checkHost, checkPort } from './broker-address.js';
import { type Certificate, certificatesOf, checkChain } from './certificate-values.js';
import { checkFitness } from './check-fitness.js';
import { type Items, leftovers, locate } from './completeness.js';
import { Examination, type ExamineOptions } from './examination.js';
import type { Finding, StoredValues } from './finding.js';
import { checkText } from './plain-text.js';
import { checkPair, privateKeyOf } from './private-key-value.js';
import { checkRoots, rootsOf } from './root-values.js';
import { CONFIG_KEYS, type ConfigKey, ruleOf } from './store-keys.js';
import { checkNotEmpty, checkStoreLimit, checkTogether } from './value-lengths.js';

/**
 * Finds every trap that can be seen in the values alone. Errors come first, then the order is that of the keys.
 *
 * @param values what the device would read in the scope that it asks for
 * @returns an empty list when all is well
 */
export function examine(values: StoredValues, options: ExamineOptions): Finding[] {
  const examination = new Examination(options);
  const items = locate(values, examination);
  const texts = new Map<ConfigKey, string>();
  for (const key of CONFIG_KEYS) {
    const item = items.get(key);
    if (item?.value === undefined || !checkNotEmpty(item, item.value, examination)) continue;
    checkStoreLimit(item, options.stored?.[key] ?? item.value, examination);
    texts.set(key, item.value);
  }
  checkPlain(items, texts, examination);
  checkCredentials(items, texts, examination);
  checkTogether(items.values(), examination);
  leftovers(values, examination);
  const isWarning = ({ severity }: Finding) => (severity === 'warning' ? 1 : 0);
  return examination.findings.sort((a, b) => isWarning(a) - isWarning(b));
}

function checkPlain(items: Items, texts: Map<ConfigKey, string>, examination: Examination): void {
  const checks = { host: checkHost, port: checkPort, text: checkText };
  for (const [key, text] of texts) {
    const { holds } = ruleOf(key);
    if (holds in checks) checks[holds as keyof typeof checks](items.get(key)!, text, examination);
  }
}

function checkCredentials(items: Items, texts: Map<ConfigKey, string>, examination: Examination): void {
  const read = (key: ConfigKey, from: typeof certificatesOf): Certificate[] | undefined => {
    const text = texts.get(key);
    return text === undefined ? undefined : from(items.get(key)!, text, examination);
  };
  const roots = read('root-CA', rootsOf) ?? [];
  const chain = read('cert', certificatesOf);
  const keyText = texts.get('private_key');
  const key = keyText === undefined ? undefined : privateKeyOf(items.get('private_key')!, keyText, examination);
  if (roots.length > 0) checkRoots(items.get('root-CA')!, roots, chain?.[0], examination);
  if (!chain) return;
  checkChain(items.get('cert')!, chain, roots, examination);
  checkFitness(items.get('cert')!, chain, examination);
  if (key) checkPair(items.get('private_key')!, key, chain, examination);
}
