import { createPublicKey } from 'node:crypto'
import { KnownError, messageOf } from '@tierseal/errors'
import type { Site } from '@tierseal/tiers'
import type { PublicKeys } from './plan.ts'
import type { SiteFolder } from './site-files/folder.ts'

const block = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g

/** Where the public keys of a tier are recorded, beside tiers.yaml. */
export function publicKeyFile(tier: string): string {
  return `keys/${tier}.pem`
}

/**
 * The public keys on record, read from Vault by `tierseal keys fetch` and reviewed like any other change:
 * generating needs neither Vault nor a network.
 *
 * @throws KnownError PUBLIC_KEY_INVALID
 */
export function readPublicKeys(site: Site, folder: SiteFolder): PublicKeys {
  return new Map(
    site.tiers.flatMap(({ name }) => {
      const file = publicKeyFile(name)
      const text = folder.read(file)
      return text === undefined ? [] : [[name, parsePublicKeys(file, text)] as const]
    }),
  )
}

/** @throws KnownError PUBLIC_KEY_INVALID for anything but one or two public keys in PEM */
export function parsePublicKeys(file: string, text: string): readonly string[] {
  const blocks = text.match(block) ?? []
  if (blocks.length === 0 || blocks.length > 2) {
    throw new KnownError('PUBLIC_KEY_INVALID', `${file} holds ${blocks.length} public keys`, {
      hint: 'Expected one in PEM, or two while a key is rotated; tierseal keys fetch writes it.',
    })
  }
  return blocks.map((pem) => canonicalKey(file, pem))
}

function canonicalKey(file: string, pem: string): string {
  try {
    return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
  } catch (error) {
    throw new KnownError('PUBLIC_KEY_INVALID', `${file}: ${messageOf(error)}`, {
      hint: 'Fetch it again with tierseal keys fetch.',
      cause: error,
    })
  }
}
