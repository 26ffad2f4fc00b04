import { AppDefault, AppOptions } from '../../build/abi/assembly';
import { MvConfigKeyFetchScope, MvMqttProtocolVersion } from '../../build/abi/microvisor-assembly';
import { publishTopicBuffer, subscribeTopicBuffer } from './memory-map';

/** Zero in a field means AUTO or a default topic. */
const record = changetype<AppOptions>(memory.data(<i32>AppOptions.SIZE, 4));

let filled = false;

/** The options of the application. The first call sets the defaults. */
export function options(): AppOptions {
  if (!filled) {
    filled = true;
    record.protocolVersion = MvMqttProtocolVersion.V5;
    record.scope = MvConfigKeyFetchScope.DEVICE;
    record.interval = 1000;
    record.keepAlive = 60;
    record.qos = 1;
    record.publishTopic = publishTopicBuffer;
    record.subscribeTopic = subscribeTopicBuffer;
    record.stable = AppDefault.STABLE;
  }
  return record;
}
