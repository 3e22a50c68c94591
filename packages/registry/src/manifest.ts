import { isRecord, type JsonRecord, tryJson } from '@tierseal/json'
import {
  type Descriptor,
  descriptorsOf,
  type Platform,
  tryDescriptor,
  tryPlatform,
} from './descriptor.ts'
import { stringField } from './json.ts'
import { isImageConfig, isImageLayer, isImageManifest, isIndex } from './media-types.ts'

/** What the manifest of one image refers to. */
export interface ImageManifest {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  /** What it is where it is no image; an image has none. */
  readonly artifactType: string | undefined
}

/** The manifest of an image, or undefined where the bytes are none. */
export function parseImageManifest(bytes: Buffer): ImageManifest | undefined {
  const manifest = objectOf(bytes)
  const config = tryDescriptor(manifest?.['config'])
  if (manifest === undefined || config === undefined) return undefined
  const artifactType = stringField(manifest, 'artifactType')
  return { config, layers: descriptorsOf(manifest, 'layers'), artifactType }
}

/**
 * Why a manifest is not that of a container image; undefined where it is. Its config alone does not tell: the
 * signatures of cosign and the attestations of buildkit have the config of an image, and other layers.
 */
export function findNonImage({ config, layers, artifactType }: ImageManifest): string | undefined {
  if (!isImageConfig(config.mediaType)) return `its config is ${quoted(config.mediaType)}`
  if (!isNoArtifact(artifactType)) return `its artifact type is ${quoted(artifactType)}`
  const foreign = layers.find(({ mediaType }) => !isImageLayer(mediaType))
  return foreign === undefined ? undefined : `a layer of it is ${quoted(foreign.mediaType)}`
}

/**
 * Whether an entry of an index can be an image, or an index of images, by what the index says of it: no
 * signature of the fallback tag, no attestation that buildkit lists beside an image.
 */
export function mayBeImage({ mediaType, artifactType, platform }: Descriptor): boolean {
  const isManifest = isImageManifest(mediaType) || isIndex(mediaType)
  return isManifest && isNoArtifact(artifactType) && platform !== 'unknown/unknown'
}

// Registries and clients that fill an artifact type in take the config's.
function isNoArtifact(artifactType: string | undefined): boolean {
  return artifactType === undefined || artifactType === '' || isImageConfig(artifactType)
}

function quoted(mediaType: string | undefined): string {
  return JSON.stringify(mediaType?.slice(0, 100) ?? '')
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
