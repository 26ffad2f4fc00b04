// Apache Kafka for the tests: no package of Debian, but artifacts that Maven fetches into a folder outside the project.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';
import { programPath } from './debian-packages.js';

const POM = join(root, 'tools/test/kafka/pom.xml');

/** What tests call it in "// needs: kafka". */
export const KAFKA = 'kafka';

/** The folder of the jars, which another POM has another one of. */
export function kafkaFolder(): string {
  const digest = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wasmqtt', `kafka-${digest}`);
}

/** What is missing for the tests with Kafka: its name, or nothing. */
export function missingKafka(): string[] {
  return programPath('java') !== undefined && existsSync(kafkaFolder()) ? [] : [KAFKA];
}

/** Has Maven fetch the jars, when they are not there. Returns what is missing after it. */
export function installKafka(log: (line: string) => void): string[] {
  if (missingKafka().length === 0) return [];
  const maven = programPath('mvn');
  if (maven === undefined || programPath('java') === undefined) {
    log('Apache Kafka: needs java and mvn');
    return [KAFKA];
  }
  const folder = kafkaFolder();
  mkdirSync(dirname(folder), { recursive: true });
  // Renamed when it is whole.
  const part = mkdtempSync(`${folder}-`);
  log(`Apache Kafka: mvn dependency:copy-dependencies, about 120 MB into ${folder}`);
  const args = ['-B', '-q', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${part}`];
  const { status } = spawnSync(maven, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0 && !existsSync(folder)) renameSync(part, folder);
  rmSync(part, { recursive: true, force: true });
  if (status !== 0) log(`Apache Kafka: mvn ended with code ${status}`);
  return missingKafka();
}
