export { der_read } from './element';
export { key_identify } from './identify-key';
export { key_check_pkcs8, key_read } from './read-key';
export { crl_read, csr_read, der_check, x509_read } from './read-record';
export { crl_find } from './revocation';
export { key_wrap_pkcs8 } from './wrap-key';
