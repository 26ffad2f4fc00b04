import { setTimeout as wait } from 'node:timers/promises';
import type { KafkaCluster } from './kafka-cluster.js';
import { leaderOf } from './kafka-records.js';

/** What happens to a cluster while records go through it. */
export interface Disturbance {
  name: string;
  /** copies of each partition of the topic, two of which must be in sync; default three */
  replicas?: number;
  happen(cluster: KafkaCluster, topic: string): Promise<void>;
}

/** @param seconds how long the cluster is away in those that stop it */
export function disturbances(seconds: number): Disturbance[] {
  return [
    {
      name: 'the node that leads a partition is killed',
      happen: async (cluster, topic) => cluster.nodes[await leaderOf(cluster, topic)].kill(),
    },
    {
      name: 'the node that leads a partition stands still, and its connections stay open',
      happen: async (cluster, topic) => {
        const node = cluster.nodes[await leaderOf(cluster, topic)];
        node.pause();
        await wait(seconds * 1000);
        node.resume();
      },
    },
    {
      name: 'too few copies of a partition are in sync',
      replicas: 2,
      happen: async (cluster, topic) => {
        const node = cluster.nodes[await leaderOf(cluster, topic)];
        await node.kill();
        await wait(seconds * 1000);
        node.start();
      },
    },
    {
      name: 'all nodes are killed, and start again',
      happen: async (cluster) => {
        await Promise.all(cluster.nodes.map((node) => node.kill()));
        await wait(seconds * 1000);
        for (const node of cluster.nodes) node.start();
      },
    },
  ];
}
