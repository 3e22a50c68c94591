export { fingerprintOf } from './fingerprint.ts'
export { makePassword, makeSigningKeyPair, type SigningKeyPair } from './key-pair.ts'
