import { KnownError, rotateRunbook } from '@tierseal/errors'
import { fieldOf, type KvRead, type KvVersion, type VaultSession } from '@tierseal/vault'
import type { Inputs } from './inputs.ts'
import { parseStoredPublicKey, type StoredPublicKey } from './public-key-form.ts'

/** The tier's public key as its own path publishes it. */
export interface PublishedKey extends StoredPublicKey {
  /** Which version of the private key it belongs to; undefined where the path does not say. */
  readonly version: number | undefined
}

type PublicInputs = Pick<Inputs, 'kvMount' | 'kvVersion' | 'publicKeyField' | 'versionField'>

/** @throws KnownError VAULT_PUBLIC_KEY_INVALID, VAULT_FIELD_MISSING, and what a read throws */
export async function readPublishedKey(
  session: VaultSession,
  path: string,
  inputs: PublicInputs,
): Promise<PublishedKey> {
  const secret = { mount: inputs.kvMount, path, kvVersion: inputs.kvVersion }
  const { data } = await session.readKv(secret)
  const key = parseStoredPublicKey(fieldOf(data, inputs.publicKeyField))
  return { ...key, version: versionOf(data, inputs.versionField) }
}

type VersionInputs = Pick<Inputs, 'keyVersion' | 'minimumKeyVersion' | 'handover' | 'kvVersion'>

/**
 * The version to use: the pinned one, else the published one, else the latest (undefined).
 *
 * @throws KnownError VAULT_KEY_VERSION where pin, publication and minimum do not agree, or where nothing
 *   can prove the pin
 */
export function chooseVersion(
  { keyVersion, minimumKeyVersion, handover, kvVersion }: VersionInputs,
  published: number | undefined,
): number | undefined {
  if (keyVersion !== undefined && published !== undefined && keyVersion !== published) {
    throw versionError(
      `version ${keyVersion} is pinned, but the public key is of version ${published}`,
    )
  }
  if (
    keyVersion !== undefined &&
    published === undefined &&
    handover !== 'transit' &&
    kvVersion === 1
  ) {
    throw versionError(
      `version ${keyVersion} is pinned, but KV version 1 keeps no versions and nothing says which it is`,
    )
  }
  const version = keyVersion ?? published
  if (minimumKeyVersion === undefined) return version
  if (version === undefined) {
    throw versionError(
      `version ${minimumKeyVersion} is the minimum, but nothing says which version it is`,
    )
  }
  if (version < minimumKeyVersion) {
    throw versionError(`the key is of version ${version}, below the minimum ${minimumKeyVersion}`)
  }
  return version
}

/** What a read of KV takes as version: version 1 of the engine keeps none. */
export function versionQuery(
  version: number | undefined,
  kvVersion: KvVersion,
): { readonly version?: number } {
  return version === undefined || kvVersion === 1 ? {} : { version }
}

function versionOf(data: KvRead['data'], field: string): number | undefined {
  const value = data[field]
  if (value === undefined || value === '') return undefined
  const version = Number(value)
  if (Number.isSafeInteger(version) && version > 0) return version
  throw versionError(`what stands in ${field} beside the public key is not a version number`)
}

function versionError(flaw: string): KnownError {
  return new KnownError('VAULT_KEY_VERSION', flaw, {
    hint: `End the rotation that is under way (${rotateRunbook}), or correct key-version and minimum-key-version; with KV version 1, publish the version beside the public key.`,
  })
}
