// What tests may say that they need in a line "// needs: openssl, kafka".
import { installTools, missingTools, packageOf } from './debian-packages.js';
import { installKafka, KAFKA, missingKafka } from './kafka-artifacts.js';
import { installNode, missingNode, NEWEST_NODE } from './newest-node.js';

/** All that tests may need beyond Node. */
export const allNeeds: readonly string[] = [...Object.keys(packageOf), KAFKA, NEWEST_NODE];

/** What of it this machine lacks. */
export function missingNeeds(): string[] {
  return [...missingTools(), ...missingKafka(), ...missingNode()];
}

/** Installs what is missing, where that is allowed. Returns what is missing after it. */
export function installNeeds(log: (line: string) => void): string[] {
  // One after the other: Maven comes from Debian.
  const tools = installTools(log);
  return [...tools, ...installKafka(log), ...installNode(log)];
}
