/**
 * Generations of dojot: 1 is the document's, of early 2020, with EJBCA behind a REST wrapper; 2 is v0.5, with x509-identity-mgmt; 3 begins
 * with v0.6: other variables, a sidecar, owners of certificates.
 */
export type Generation = 1 | 2 | 3;
