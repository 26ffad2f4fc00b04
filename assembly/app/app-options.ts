import {
  APP_OPTIONS_INTERVAL,
  APP_OPTIONS_KEEP_ALIVE,
  APP_OPTIONS_PROTOCOL_VERSION,
  APP_OPTIONS_PUBLISH_TOPIC,
  APP_OPTIONS_QOS,
  APP_OPTIONS_SCOPE,
  APP_OPTIONS_SIZE,
  APP_OPTIONS_SUBSCRIBE_TOPIC,
} from '../../build/abi/assembly';
import { MV_CONFIGKEYFETCHSCOPE_DEVICE, MV_MQTTPROTOCOLVERSION_V5 } from '../../build/abi/microvisor-assembly';
import { publishTopicBuffer, subscribeTopicBuffer } from './memory-map';

/** The record AppOptions; zero in a field means AUTO or a default topic. */
const record: usize = memory.data(<i32>APP_OPTIONS_SIZE, 4);

let filled = false;

/** Address of the record; filled with the defaults when it is asked for first. */
export function options(): usize {
  if (!filled) {
    filled = true;
    store<u32>(record, MV_MQTTPROTOCOLVERSION_V5, APP_OPTIONS_PROTOCOL_VERSION);
    store<u32>(record, MV_CONFIGKEYFETCHSCOPE_DEVICE, APP_OPTIONS_SCOPE);
    store<u32>(record, 1000, APP_OPTIONS_INTERVAL);
    store<u32>(record, 60, APP_OPTIONS_KEEP_ALIVE);
    store<u32>(record, 1, APP_OPTIONS_QOS);
    store<u32>(record, publishTopicBuffer, APP_OPTIONS_PUBLISH_TOPIC);
    store<u32>(record, subscribeTopicBuffer, APP_OPTIONS_SUBSCRIBE_TOPIC);
  }
  return record;
}

/** One field of the record. */
export function option(field: usize): u32 {
  return load<u32>(options() + field);
}
