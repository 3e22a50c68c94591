import { isRecord, type JsonRecord, tryJson } from '@tierseal/json'
import {
  type Descriptor,
  descriptorsOf,
  type Platform,
  tryDescriptor,
  tryPlatform,
} from './descriptor.ts'

/** What the manifest of one image refers to. */
export interface ImageManifest {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

/** The manifest of an image, or undefined where the bytes are none. */
export function parseImageManifest(bytes: Buffer): ImageManifest | undefined {
  const manifest = objectOf(bytes)
  const config = tryDescriptor(manifest?.['config'])
  if (manifest === undefined || config === undefined) return undefined
  return { config, layers: descriptorsOf(manifest, 'layers') }
}

/** The children of an index; none where the bytes are no index. */
export function parseIndex(bytes: Buffer): readonly Descriptor[] {
  const index = objectOf(bytes)
  return index === undefined ? [] : descriptorsOf(index, 'manifests')
}

/** The platform that an image's config names. */
export function platformOfConfig(bytes: Buffer): Platform | undefined {
  const config = objectOf(bytes)
  return config === undefined ? undefined : tryPlatform(config)
}

function objectOf(bytes: Buffer): JsonRecord | undefined {
  const value = tryJson(bytes.toString('utf8'))
  return isRecord(value) ? value : undefined
}
