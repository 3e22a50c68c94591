export { makePassword, makeSigningKeyPair, type SigningKeyPair } from './key-pair.ts'
