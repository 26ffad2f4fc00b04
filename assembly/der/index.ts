export { x509_read } from './certificate';
export { der_read } from './element';
export { key_identify } from './identify';
export { key_check_pkcs8 } from './key';
export { der_check } from './walk';
