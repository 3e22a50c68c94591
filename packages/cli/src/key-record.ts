import { createPublicKey } from 'node:crypto'
import { KnownError, rotateRunbook } from '@tierseal/errors'
import { parsePublicKeys, publicKeyFile } from '@tierseal/generator'
import { fingerprintOf } from '@tierseal/signing-key'
import type { SiteContext } from './site-context.ts'

/** The record of a tier's public keys as it is to be, told by fingerprints. */
export interface KeyRecord {
  readonly file: string
  /** All its keys, in PEM. */
  readonly text: string
  /** Keys of Vault that were not on record. */
  readonly added: readonly string[]
  /** Keys on record that Vault does not hold, and that stay: of a rotation under way. */
  readonly kept: readonly string[]
  /** Keys that go: what they alone signed is admitted no more. */
  readonly dropped: readonly string[]
}

/**
 * The record with the keys of Vault in it. A key that is there stays, unless `dropOthers`: images that run may be
 * signed by it alone.
 *
 * @throws KnownError PUBLIC_KEY_INVALID where the record cannot be read, or would hold more keys than a policy can
 */
export function recordWith(
  { folder }: SiteContext,
  tier: string,
  ofVault: readonly string[],
  { dropOthers }: { readonly dropOthers: boolean },
): KeyRecord {
  const file = publicKeyFile(tier)
  const found = dropOthers ? readable(folder.read(file)) : strictly(file, folder.read(file))
  const added = lacking(ofVault, found)
  const others = lacking(found, ofVault)
  const kept = dropOthers ? [] : others
  // Byte for byte as it was where nothing joins it: the order of two keys means nothing.
  const keys = added.length > 0 || dropOthers ? [...ofVault, ...kept] : found
  if (keys.length > 2) throw tooMany(file, tier, found)
  return {
    ...{ file, text: keys.join('') },
    added: added.map(fingerprint),
    kept: kept.map(fingerprint),
    dropped: dropOthers ? others.map(fingerprint) : [],
  }
}

/**
 * Refuses a record that could only be written through a link, as somebody may have committed one: before Vault makes a key
 * for it.
 *
 * @throws KnownError FILES_NOT_WRITTEN
 */
export function demandPlace({ folder }: SiteContext, tier: string): void {
  const obstacle = folder.look().obstacle(publicKeyFile(tier))
  if (obstacle === undefined) return
  throw new KnownError(
    'FILES_NOT_WRITTEN',
    `${obstacle} stands where a folder belongs, or a file`,
    {
      hint: 'Move it away: keys is a plain folder, and a record of keys a file in it. Nothing was written.',
    },
  )
}

/** Refuses a record that one more key would not fit into. @throws KnownError PUBLIC_KEY_INVALID, FILES_NOT_WRITTEN */
export function demandRoom(context: SiteContext, tier: string): void {
  demandPlace(context, tier)
  const { folder } = context
  const file = publicKeyFile(tier)
  const found = strictly(file, folder.read(file))
  if (found.length > 1) throw tooMany(file, tier, found)
}

function strictly(file: string, text: string | undefined): readonly string[] {
  return text === undefined ? [] : parsePublicKeys(file, text)
}

function readable(text = ''): readonly string[] {
  try {
    return parsePublicKeys('', text)
  } catch {
    return []
  }
}

function tooMany(file: string, tier: string, keys: readonly string[]): KnownError {
  const which = keys.map(fingerprint).join(' and ')
  return new KnownError('PUBLIC_KEY_INVALID', `${file} has no room beside two keys: ${which}`, {
    hint: `End the rotation that is under way (${rotateRunbook}): tierseal keys fetch ${tier} --drop-others takes away what Vault does not hold, and --check with it shows what that is.`,
  })
}

// One key may stand in two files in two encodings.
function lacking(keys: readonly string[], others: readonly string[]): readonly string[] {
  return keys.filter(
    (key) => !others.some((other) => createPublicKey(key).equals(createPublicKey(other))),
  )
}

function fingerprint(pem: string): string {
  return fingerprintOf(createPublicKey(pem))
}
