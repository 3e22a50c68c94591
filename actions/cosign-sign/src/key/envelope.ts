import { KnownError } from '@tierseal/errors'
import { isRecord } from '@tierseal/json'

/** What stands inside the PEM of a cosign key (go-securesystemslib, package encrypted). */
export interface Envelope {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number }
  readonly salt: Buffer
  readonly nonce: Buffer
  readonly ciphertext: Buffer
}

// The three strengths that cosign itself accepts; a key that asks for more would stop the runner.
const allowedCosts = [2 ** 15, 2 ** 16, 2 ** 17]

/**
 * Reads the envelope of an encrypted cosign key. Nothing of it is quoted.
 *
 * @throws KnownError SIGN_KEY_FORM
 */
export function parseEnvelope(pem: string): Envelope {
  const body = pem.replaceAll(/-----[^-]+-----/g, '')
  const json = parseJson(Buffer.from(body, 'base64').toString('utf8'))
  const kdf = recordIn(json, 'kdf')
  const cipher = recordIn(json, 'cipher')
  const { N, r, p } = recordIn(kdf, 'params')
  if (kdf['name'] !== 'scrypt' || cipher['name'] !== 'nacl/secretbox') throw damaged()
  if (typeof N !== 'number' || !allowedCosts.includes(N) || r !== 8 || p !== 1) throw damaged()
  return {
    cost: { N, r, p },
    salt: bytesIn(kdf, 'salt', 32),
    nonce: bytesIn(cipher, 'nonce', 24),
    ciphertext: bytesIn(json, 'ciphertext', undefined),
  }
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text)
    if (isRecord(json)) return json
  } catch {
    // A JSON error quotes what it could not read.
  }
  throw damaged()
}

function recordIn(
  record: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> {
  const value = record[name]
  if (isRecord(value)) return value
  throw damaged()
}

function bytesIn(
  record: Readonly<Record<string, unknown>>,
  name: string,
  length: number | undefined,
): Buffer {
  const value = record[name]
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64')
  if (bytes.length === 0 || (length !== undefined && bytes.length !== length)) throw damaged()
  return bytes
}

function damaged(): KnownError {
  return new KnownError(
    'SIGN_KEY_FORM',
    'the frame of the key is right, but it is damaged inside',
    {
      hint: 'Store the file cosign.key again, byte for byte.',
    },
  )
}
