import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPairFiles } from '../../host/pki/index.js';

/** Where a node listens on loopback. */
export interface NodePorts {
  /** without TLS, for clients and the other nodes */
  plain: number;
  /** TLS with SASL, for clients */
  secure: number;
  controller: number;
}

/** The user of the TLS listener, for each mechanism of SASL. */
export const KAFKA_USER = { username: 'bridge', password: 'bridge-secret' } as const;
/** What the mechanisms that keep a salted password are made with, when a node is formatted. */
export const SCRAM_USERS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
  (mechanism) => `${mechanism}=[name=${KAFKA_USER.username},password=${KAFKA_USER.password}]`,
);

/** Writes `log4j2.properties`, `server.pem` and for each node `n1.properties`... into the folder. */
export function writeKafkaProperties(folder: string, nodes: readonly NodePorts[], server: KeyPairFiles): void {
  mkdirSync(join(folder, 'tmp'));
  writeFileSync(
    join(folder, 'log4j2.properties'),
    `appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %m%n
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
`,
  );
  writeFileSync(join(folder, 'server.pem'), server.privateKeyPem + server.certificatePem, { mode: 0o600 });
  nodes.forEach((_, index) => {
    writeFileSync(join(folder, `n${index + 1}.properties`), nodeProperties(folder, nodes, index));
  });
}

function nodeProperties(folder: string, nodes: readonly NodePorts[], index: number): string {
  const id = index + 1;
  const { plain, secure, controller } = nodes[index];
  const voters = nodes.map((node, at) => `${at + 1}@127.0.0.1:${node.controller}`);
  const clients = `PLAIN://127.0.0.1:${plain},SECURE://127.0.0.1:${secure}`;
  const copies = Math.min(3, nodes.length);
  const inSync = Math.min(2, nodes.length);
  const plainUsers = `username="admin" password="admin" user_${KAFKA_USER.username}="${KAFKA_USER.password}"`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  // Timeouts are short, so that a node that was killed is missed within two seconds; buffers are small.
  return `process.roles=broker,controller
node.id=${id}
controller.quorum.voters=${voters.join(',')}
listeners=${clients},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=${clients}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listener.security.protocol.map=PLAIN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location=${join(folder, 'server.pem')}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${plainUsers};
listener.name.secure.scram-sha-256.sasl.jaas.config=${scram}
listener.name.secure.scram-sha-512.sasl.jaas.config=${scram}
log.dirs=${join(folder, `n${id}`)}
broker.heartbeat.interval.ms=300
broker.session.timeout.ms=2000
controller.quorum.election.timeout.ms=500
controller.quorum.election.backoff.max.ms=300
controller.quorum.fetch.timeout.ms=1000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.num.partitions=3
offsets.topic.replication.factor=${copies}
transaction.state.log.num.partitions=3
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${inSync}
share.coordinator.state.topic.num.partitions=3
share.coordinator.state.topic.replication.factor=${copies}
share.coordinator.state.topic.min.isr=${inSync}
default.replication.factor=${copies}
min.insync.replicas=${inSync}
replica.lag.time.max.ms=5000
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=2
num.io.threads=2
`;
}
