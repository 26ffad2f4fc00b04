/**
 * The ABI of core.wasm on one page. Every parameter and result is a 32-bit integer. Zero or more is success, below zero is a result code. Parameters, records and codes are described in assembly/abi.
 */
export {
  crl_find,
  crl_read,
  csr_read,
  der_check,
  der_read,
  key_check_pkcs8,
  key_identify,
  key_read,
  key_wrap_pkcs8,
  x509_read,
} from './der';
export { hex_decode, hex_encode } from './hex';
export { abi_version, heap_base, memory_wipe, utf8_check } from './memory';
export {
  mqtt_decode,
  mqtt_decode_chunk,
  mqtt_encode,
  mqtt_filter_read,
  mqtt_filter_write,
  mqtt_property_read,
  mqtt_property_write,
  mqtt_topic_filter_check,
  mqtt_topic_match,
  mqtt_topic_name_check,
} from './mqtt';
export {
  session_arrived,
  session_close,
  session_deadline,
  session_init,
  session_poll,
  session_receive,
  session_restore,
  session_send,
} from './mqtt/session';
