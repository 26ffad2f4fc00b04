import { describe } from 'vitest';
import { commitContract } from './commit-contract.js';
import { conditionContract } from './condition-contract.js';
import { Engines, type OpenEngine } from './contract-rig.js';
import { recordContract } from './record-contract.js';
import { scanContract } from './scan-contract.js';
import { watchContract } from './watch-contract.js';

/**
 * What every engine must do, in tests.
 *
 * @param name of the engine
 * @param keptCommits how many commits `changesSince` looks back
 */
export function engineContract(name: string, open: OpenEngine, keptCommits: number): void {
  const engines = new Engines(open);
  describe(`in ${name},`, () => {
    recordContract(engines);
    scanContract(engines);
    conditionContract(engines);
    commitContract(engines, keptCommits);
    scanContract(engines);
    watchContract(engines);
  });
}
