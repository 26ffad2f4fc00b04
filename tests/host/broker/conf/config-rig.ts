import { ConfigError, configFindingText } from '../../../../host/broker/conf/findings.js';
import type { ConfigFiles } from '../../../../host/broker/conf/lines.js';
import { type ReadPlan, readBrokerPlan } from '../../../../host/broker/conf/read-plan.js';
import type { PlanOptions } from '../../../../host/broker/conf/to-broker.js';

/** Files in memory: a path with its text or bytes. */
export type Files = Record<string, string | Uint8Array>;

function memory(files: Files): ConfigFiles {
  const missing = (path: string) => Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
  return {
    read: (path) => {
      const content = files[path];
      if (content === undefined) throw missing(path);
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
    list: (folder) => {
      const names = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      if (names.length === 0) throw missing(folder);
      return names.map((path) => path.slice(folder.length + 1));
    },
  };
}

/** The plan of a text with the name m.conf. */
export function plan(text: string, files: Files = {}, options: PlanOptions = {}): ReadPlan {
  return readBrokerPlan('m.conf', options, memory({ 'm.conf': text, ...files }));
}

/** What is reported for a text, errors and warnings, one a line. */
export function findings(text: string, files: Files = {}): string[] {
  try {
    return plan(text, files).warnings.map(configFindingText);
  } catch (error) {
    if (error instanceof ConfigError) return error.findings.map(configFindingText);
    throw error;
  }
}
