import type { BrokerEnd } from '../../dojot/bridge/index.js';
import {
  brokerAddresses,
  type KafkaConnection,
  KafkaOptionsError,
  type SaslMechanism,
} from '../../dojot/bridge/kafka/kafka-connection.js';
import { isPort } from '../../node/ports.js';
import { UsageError } from '../process/user-error.js';
import { fileOf, passwordOf } from './bridge-files.js';

/** Options about the broker. */
export interface BrokerFlagsOfBridge {
  mqtt: string;
  protocol: '3.1.1' | '5';
  clientId: string;
  username?: string;
  passwordFile?: string;
  ca?: string;
  cert?: string;
  privateKey?: string;
}

/** Options about Kafka. */
export interface KafkaFlags {
  kafka: string;
  clientId: string;
  kafkaTls?: boolean;
  kafkaCa?: string;
  kafkaCert?: string;
  kafkaPrivateKey?: string;
  kafkaSasl?: SaslMechanism;
  kafkaUsername?: string;
  kafkaPasswordFile?: string;
}

const USUAL_PORTS: Record<string, number> = { 'mqtt:': 1883, 'mqtts:': 8883 };

/** @throws UsageError, UserError */
export function brokerEnd(flags: BrokerFlagsOfBridge): BrokerEnd {
  const { clientId, username, passwordFile, ca, cert, privateKey } = flags;
  const { host, port, isSecure } = addressOf(flags.mqtt);
  if (!isSecure && (ca || cert || privateKey)) throw new UsageError('--ca, --cert and --private-key are for mqtts://');
  together(cert, privateKey, '--cert and --private-key');
  if (passwordFile !== undefined && username === undefined) throw new UsageError('--password-file needs --username');
  return {
    addresses: [{ host, port }],
    protocolVersion: flags.protocol === '5' ? 5 : 4,
    clientId,
    userName: username,
    ...(passwordFile !== undefined && { password: passwordOf(passwordFile, '--password-file') }),
    ...(isSecure && {
      tls: {
        ca: ca === undefined ? undefined : fileOf(ca, '--ca'),
        cert: cert === undefined ? undefined : fileOf(cert, '--cert'),
        key: privateKey === undefined ? undefined : fileOf(privateKey, '--private-key'),
      },
    }),
  };
}

function addressOf(url: string) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const usual = parsed && USUAL_PORTS[parsed.protocol];
  const port = parsed?.port ? Number(parsed.port) : usual;
  const isBare = parsed && !parsed.username && !parsed.password && ['', '/'].includes(parsed.pathname + parsed.search);
  if (usual === undefined || !parsed?.hostname || !isBare || !isPort(port!)) {
    throw new UsageError(`--mqtt ${JSON.stringify(url)}: use mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS`);
  }
  return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: port!, isSecure: parsed.protocol === 'mqtts:' };
}

/** @throws UsageError, UserError */
export function kafkaConnection(flags: KafkaFlags): KafkaConnection {
  const { clientId, kafkaCa, kafkaCert, kafkaPrivateKey, kafkaSasl, kafkaUsername, kafkaPasswordFile } = flags;
  together(kafkaCert, kafkaPrivateKey, '--kafka-cert and --kafka-private-key');
  together(kafkaUsername, kafkaPasswordFile, '--kafka-username and --kafka-password-file');
  together(kafkaSasl, kafkaUsername, '--kafka-sasl and --kafka-username');
  const brokers = flags.kafka.split(',').filter((address) => address !== '');
  try {
    brokerAddresses(brokers);
  } catch (error) {
    throw error instanceof KafkaOptionsError ? new UsageError(`--kafka: ${error.message}`) : error;
  }
  const isSecure = flags.kafkaTls || kafkaCa !== undefined || kafkaCert !== undefined;
  return {
    brokers,
    clientId,
    ...(isSecure && {
      tls: {
        ca: kafkaCa === undefined ? undefined : fileOf(kafkaCa, '--kafka-ca'),
        cert: kafkaCert === undefined ? undefined : fileOf(kafkaCert, '--kafka-cert'),
        key: kafkaPrivateKey === undefined ? undefined : fileOf(kafkaPrivateKey, '--kafka-private-key'),
      },
    }),
    ...(kafkaSasl && {
      sasl: {
        mechanism: kafkaSasl,
        username: kafkaUsername!,
        password: passwordOf(kafkaPasswordFile!, '--kafka-password-file'),
      },
    }),
  };
}

function together(one: string | undefined, other: string | undefined, names: string): void {
  if ((one === undefined) !== (other === undefined)) throw new UsageError(`${names} go together`);
}
