import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import {
  command,
  keyMount,
  type LabState,
  labPath,
  passwordFor,
  program,
  vaultRequest,
} from '@tierseal/test-kit/lab'

/** A cosign key pair that the suite made, for arranging cases with the real cosign. */
export interface KeyPair {
  readonly privateKeyFile: string
  readonly publicKeyFile: string
  readonly publicKey: string
  readonly password: string
}

/** Makes a key pair with the real cosign, as `tierseal keys init` does for a tier. */
export async function makeKeyPair(name: string): Promise<KeyPair> {
  const directory = labPath('site', 'keys')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const password = passwordFor(`key ${name}`)
  const prefix = `${directory}/${name}`
  const generate = ['generate-key-pair', `--output-key-prefix=${prefix}`]
  const env = { COSIGN_PASSWORD: password, HOME: directory }
  // A set-up that was interrupted finds its own keys again.
  if (!existsSync(`${prefix}.pub`))
    await command(program('cosign3'), generate, { cwd: directory, env })
  const publicKeyFile = `${prefix}.pub`
  const publicKey = readFileSync(publicKeyFile, 'utf8')
  return { privateKeyFile: `${prefix}.key`, publicKeyFile, publicKey, password }
}

/** Puts a tier's pair where the layout of design.md has it: private and public part apart. */
export async function storeKey(state: LabState, tier: string, pair: KeyPair): Promise<void> {
  const written = await vaultRequest(state, 'POST', `${keyMount}/data/tiers/${tier}`, {
    data: { private_key: readFileSync(pair.privateKeyFile, 'utf8'), password: pair.password },
  })
  const version = JSON.stringify(written).match(/"version":(\d+)/)?.[1] ?? '1'
  await vaultRequest(state, 'POST', `${keyMount}/data/public/${tier}`, {
    data: { public_key: pair.publicKey, version },
  })
}

/** Has Vault make a tier's key that it never gives away, once; gives the public part, which it publishes. */
export async function makeTransitKey(state: LabState, tier: string): Promise<string> {
  const path = `transit/keys/cosign-${tier}`
  await vaultRequest(state, 'POST', path, { type: 'ecdsa-p256' })
  const { data } = await vaultRequest(state, 'GET', path)
  const pem = /"public_key":("[^"]+")/.exec(JSON.stringify(data))?.[1]
  if (pem === undefined) throw new Error(`vault gave no public key at ${path}`)
  const publicKey: string = JSON.parse(pem)
  await vaultRequest(state, 'POST', `${keyMount}/data/transit/${tier}`, {
    data: { public_key: publicKey, version: '1' },
  })
  return publicKey
}
