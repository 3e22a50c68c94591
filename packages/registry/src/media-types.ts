/** An OCI image index, which the referrers API answers with too. */
export const ociIndex = 'application/vnd.oci.image.index.v1+json'

const imageManifests = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const indexManifests = [ociIndex, 'application/vnd.docker.distribution.manifest.list.v2+json']

/** Every manifest type that is asked for; a registry converts to another where one is left out. */
export const manifestAccept = [...imageManifests, ...indexManifests].join(', ')

/** Whether the type is that of one image. */
export function isImageManifest(mediaType: string): boolean {
  return imageManifests.includes(mediaType)
}

/** Whether the type is that of an index: one manifest per platform. */
export function isIndex(mediaType: string): boolean {
  return indexManifests.includes(mediaType)
}

/** Whether a config is that of a container image; the signatures of cosign have one too. */
export function isImageConfig(mediaType: string): boolean {
  return (
    mediaType === 'application/vnd.oci.image.config.v1+json' ||
    mediaType === 'application/vnd.docker.container.image.v1+json'
  )
}

/** Whether a layer is part of a file system, packed or encrypted in any way (image-spec, layer.md). */
export function isImageLayer(mediaType: string): boolean {
  return /^application\/vnd\.(oci\.image\.layer|docker\.image\.rootfs)\./.test(mediaType)
}

/** A content type without its parameters, in lower case; '' where there is none. */
export function bareMediaType(contentType: string | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
}
