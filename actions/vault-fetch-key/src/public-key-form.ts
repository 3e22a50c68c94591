import { createPublicKey, type KeyObject } from 'node:crypto'
import { KnownError, rotateRunbook } from '@tierseal/errors'
import { fingerprintOf } from '@tierseal/signing-key'

/** A public key in its one form. */
export interface StoredPublicKey {
  /** PEM of its SubjectPublicKeyInfo, without a line break at the end. */
  readonly pem: string
  /** `sha256:` and the SHA-256 of the DER form, in hex. */
  readonly fingerprint: string
}

/**
 * Reads what is stored as public key: exactly one PEM block, of that kind, and nothing around it but white space. It
 * is given out as it was understood and not as it stands, so that nobody after this reads another key in it.
 *
 * @throws KnownError VAULT_PUBLIC_KEY_INVALID; nothing of the text is quoted, for it may be a private key
 */
export function parseStoredPublicKey(text: string): StoredPublicKey {
  const lines = text.split('\n').map((line) => line.trim())
  const key = keyOf(onlyBlock(lines.join('\n').trim()))
  const pem = key.export({ type: 'spki', format: 'pem' }).toString().trim()
  return { pem, fingerprint: fingerprintOf(key) }
}

const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----.*?-----END \1-----/gs

// Each beginning without an end is looked for through all of the text.
const longest = 16 * 1024

function onlyBlock(text: string): string {
  if (text.includes('PRIVATE KEY')) throw invalid('it holds a private key', exposed)
  if (text.length > longest) {
    throw invalid(`it has ${text.length} characters, a public key has some hundreds`)
  }
  const [first, ...more] = text.matchAll(block)
  if (first === undefined) throw invalid('there is no PEM block in it')
  if (more.length > 0) throw invalid(`it holds ${more.length + 1} PEM blocks, expected was one`)
  const [pem, kind] = first
  if (pem !== text) throw invalid('there is text around its PEM block')
  if (kind !== 'PUBLIC KEY') throw invalid(`its PEM block is a ${kind}`)
  return pem
}

function keyOf(pem: string): KeyObject {
  const body = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END/.exec(pem)?.[1] ?? ''
  try {
    return createPublicKey({ key: Buffer.from(body, 'base64'), format: 'der', type: 'spki' })
  } catch {
    throw invalid('its PEM block is damaged')
  }
}

const exposed = `Whoever reads public keys has read it: rotate it (${rotateRunbook}), and store the output of \`cosign public-key\` here.`

function invalid(
  flaw: string,
  hint = 'Store the output of `cosign public-key` alone, with its BEGIN and END lines.',
): KnownError {
  return new KnownError(
    'VAULT_PUBLIC_KEY_INVALID',
    `what public-path holds cannot be used: ${flaw}`,
    { hint },
  )
}
