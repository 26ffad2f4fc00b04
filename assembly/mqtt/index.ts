export { mqtt_decode, mqtt_decode_chunk } from './decode';
export { mqtt_encode } from './encode';
export { mqtt_filter_read, mqtt_filter_write } from './filters';
export { mqtt_property_read, mqtt_property_write } from './properties';
export { mqtt_topic_filter_check, mqtt_topic_match, mqtt_topic_name_check } from './topics';
