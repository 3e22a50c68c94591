export { type Digest, noImageDigest, parseDigest, tryDigest } from './digest.ts'
export {
  type DigestReference,
  type ImageReference,
  parseDigestReference,
  parseImageReference,
} from './image-reference.ts'
export { parseRepository, type Repository } from './repository.ts'
