import { randomUUID } from 'node:crypto'
import type { Breadth } from './breadth.ts'

/** A key of a transit engine, as a person names it. */
export interface TransitKeyName {
  readonly mount: string
  readonly key: string
}

/**
 * What the token of a tier may do in the transit engine: read the public part of its key and sign with it.
 * Not get the key out, not change what may be done with it, and nothing with the key of another tier,
 * of which there is a random one that nobody granted by name.
 *
 * @param siblings the names of the other tiers' keys
 */
export function transitBreadth(
  { mount, key }: TransitKeyName,
  siblings: readonly string[],
): Breadth {
  return {
    allowed: new Map([
      [`${mount}/keys/${key}`, 'read'],
      // What cosign asks for, with the hash in its path (facts: vault.md 3).
      [`${mount}/sign/${key}/sha2-256`, 'update'],
    ]),
    denied: [
      ...takingOut(mount, key),
      ...changing(mount, key),
      // A policy for `dev*` covers the key dev-eu too.
      ...othersKeys(mount, [...siblings, `${key}-${randomUUID()}`]),
    ],
    mistaken: new Map([
      [`${mount}/sign/${key}`, 'lacks the hash: cosign asks for the path with /sha2-256 behind it'],
    ]),
  }
}

/** Every use of these keys, and of one that nobody granted by name. */
export function othersKeys(mount: string, siblings: readonly string[]): readonly string[] {
  return [...siblings, randomUUID()].flatMap((name) => [
    `${mount}/keys/${name}`,
    ...signing(mount, name),
    ...takingOut(mount, name),
    ...changing(mount, name),
  ])
}

// The digest is handed over as it is, so a path of any hash signs one of any other.
const hashes = [
  ...['sha1', 'sha2-224', 'sha2-256', 'sha2-384', 'sha2-512'],
  ...['sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'none'],
]

function signing(mount: string, key: string): readonly string[] {
  return [`${mount}/sign/${key}`, ...hashes.map((hash) => `${mount}/sign/${key}/${hash}`)]
}

function takingOut(mount: string, key: string): readonly string[] {
  // An RSA key is given out as an encryption key too.
  const exports = ['signing-key', 'encryption-key'].map((kind) => `${mount}/export/${kind}/${key}`)
  return [
    ...exports.flatMap((path) => [path, `${path}/latest`, `${path}/1`]),
    `${mount}/backup/${key}`,
    `${mount}/byok-export/${randomUUID()}/${key}`,
  ]
}

function changing(mount: string, key: string): readonly string[] {
  const under = ['config', 'rotate', 'trim', 'import', 'import_version']
  return [...under.map((path) => `${mount}/keys/${key}/${path}`), `${mount}/restore/${key}`]
}
