import { isRecord, type JsonRecord } from '@tierseal/json'
import { type Digest, tryDigest } from '@tierseal/oci'
import { arrayField, stringField } from './json.ts'

/** What an image runs on, as `os/architecture[/variant]`. */
export type Platform = string

/** A reference by content, as it stands in manifests and indexes. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly artifactType: string | undefined
  readonly annotations: Readonly<Record<string, string>>
  readonly platform: Platform | undefined
}

/** The descriptor in a JSON value, or undefined where it is none. */
export function tryDescriptor(value: unknown): Descriptor | undefined {
  if (!isRecord(value)) return undefined
  const digest = tryDigest(stringField(value, 'digest') ?? '')
  const mediaType = stringField(value, 'mediaType')
  const size = value['size']
  if (digest === undefined || mediaType === undefined || typeof size !== 'number') return undefined
  return {
    mediaType,
    digest,
    size,
    artifactType: stringField(value, 'artifactType'),
    annotations: stringsOf(value['annotations']),
    platform: isRecord(value['platform']) ? tryPlatform(value['platform']) : undefined,
  }
}

/** The descriptors in an array field; entries that are none are left out. */
export function descriptorsOf(object: JsonRecord, field: string): readonly Descriptor[] {
  return arrayField(object, field).flatMap((entry) => tryDescriptor(entry) ?? [])
}

// Names as Go's toolchain has them, with room: the value goes on to outputs, so nothing else may be in it.
const platformPart = /^[\w.+-]{1,64}$/

/**
 * The platform that an object with `os` and `architecture` names, such as an image config; undefined where
 * a part is not a name.
 */
export function tryPlatform(object: JsonRecord): Platform | undefined {
  const { os, architecture, variant } = object
  const parts = [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])]
  const named = parts.every((part) => typeof part === 'string' && platformPart.test(part))
  return named ? parts.join('/') : undefined
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}
