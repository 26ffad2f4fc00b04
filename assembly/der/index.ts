export { der_read } from './element';
export { key_identify } from './key/identify-key';
export { key_check_pkcs8, key_read } from './key/read-key';
export { key_wrap_pkcs8 } from './key/wrap-key';
export { crl_read, csr_read, der_check, x509_read } from './read-record';
export { crl_find } from './revocation';
