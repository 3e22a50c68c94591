import { generateKeyPair, randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const generate = promisify(generateKeyPair)

/** A key pair as `cosign generate-key-pair` makes it. */
export interface SigningKeyPair {
  /** PEM, encrypted with the password: of no use without it, and a secret all the same. */
  readonly privateKey: string
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string
}

// What cosign writes and reads (facts: cosign.md); another cost would be refused by older releases.
const cost = { N: 65_536, r: 8, p: 1 }

/** A password that nobody has to type: 256 random bits. */
export function makePassword(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * Makes a key pair in this process, so that the private part is never in a file, in the arguments or in
 * the output of another program. Takes the fifth of a second that the format's scrypt wants.
 */
export async function makeSigningKeyPair(password: string): Promise<SigningKeyPair> {
  const { publicKey, privateKey } = await generate('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  try {
    return { publicKey, privateKey: pem(await encrypt(privateKey, password)) }
  } finally {
    privateKey.fill(0)
  }
}

async function encrypt(plain: Buffer, password: string): Promise<string> {
  const salt = randomBytes(32)
  const nonce = randomBytes(24)
  const key = await derive(password, salt, 32, { ...cost, maxmem: 256 * 1024 * 1024 })
  const ciphertext = Buffer.from(xsalsa20poly1305(key, nonce).encrypt(plain))
  key.fill(0)
  return JSON.stringify({
    kdf: { name: 'scrypt', params: cost, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: ciphertext.toString('base64'),
  })
}

function pem(body: string): string {
  const label = 'ENCRYPTED SIGSTORE PRIVATE KEY'
  const lines =
    Buffer.from(body)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
