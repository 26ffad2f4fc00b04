import type { TestProject } from 'vitest/node';
import { KafkaCluster } from './kafka-cluster.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the cluster. */
    kafka?: string;
  }
}

/** One cluster for all files of the project, which run one after the other: each may kill nodes, and leaves all of them running. */
export default async function provideKafka(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await KafkaCluster.create();
  project.provide('kafka', cluster.folder);
  return () => cluster.remove();
}
