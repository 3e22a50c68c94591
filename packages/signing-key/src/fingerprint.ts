import { createHash, type KeyObject } from 'node:crypto'

/** `sha256:` and the SHA-256 of a public key's DER form (SubjectPublicKeyInfo), in hex. */
export function fingerprintOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(der).digest('hex')}`
}
