import type { Digest } from '@tierseal/oci'

/** What one pin promises of a rendering. */
export interface PinnedImage {
  /** The image as the rendering calls it: newName of its entry, or name. */
  readonly name: string
  readonly digest: Digest
  /** The name of its entry, where other entries lead to the same image and may say another digest; undefined elsewhere. */
  readonly among?: string | undefined
  /** Whether the digest was not there before. */
  readonly edited?: boolean
}

/** `name@digest`, the only form that a pinned image may have. */
export function exactForm({ name, digest }: PinnedImage): string {
  return `${name}@${digest}`
}

/** The part of an image string before its tag and digest. */
export function nameOf(image: string): string {
  const named = image.split('@', 1)[0] ?? ''
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return colon === -1 ? named : named.slice(0, colon)
}
