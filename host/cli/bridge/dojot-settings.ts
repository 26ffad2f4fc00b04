import {
  type BridgeKind,
  type BridgeSettings,
  brokerAddresses,
  KafkaOptionsError,
  readBridgeVariables,
} from '../../dojot/bridge/index.js';
import { VariableError } from '../../dojot/broker/index.js';
import { UsageError } from '../process/user-error.js';

/** What the environment says about one of dojot's bridges. @throws UsageError with all that is wrong with it */
export function dojotSettings(
  ...asked: Parameters<typeof readBridgeVariables>
): ReturnType<typeof readBridgeVariables> {
  try {
    const read = readBridgeVariables(...asked);
    brokerAddresses(read.settings.kafka.brokers);
    return read;
  } catch (error) {
    const isUsage = error instanceof VariableError || error instanceof KafkaOptionsError;
    throw isUsage ? new UsageError(error.message) : error;
  }
}

/** What a bridge carries, for people. @param broker who speaks MQTT */
export function bridgeWords(kind: BridgeKind, settings: BridgeSettings, broker: string): string {
  const { filter, topicSuffix, publishSuffix, kafka } = settings;
  const topics = `*.${topicSuffix} of ${kafka.brokers.join(', ')}`;
  return kind === 'v2k' ? `${filter} of ${broker} to ${topics}` : `${topics} to …${publishSuffix} of ${broker}`;
}
