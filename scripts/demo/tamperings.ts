import {
  buildForTwoTiers,
  emptyDigest,
  otherTiersRole,
  otherTiersServiceAccount,
  tagHandedToThePin,
  tagMovedBeforeThePin,
} from './tamperings/handovers.ts'
import {
  foreignPath,
  manifestByTag,
  otherTiersKey,
  tagMovedAfterThePin,
  unsignedImage,
} from './tamperings/images.ts'
import type { Attempt } from './tamperings/scene.ts'

/** Every tampering in the order of the chain. */
export const tamperings: readonly Attempt[] = [
  buildForTwoTiers,
  tagMovedBeforeThePin,
  otherTiersServiceAccount,
  otherTiersRole,
  emptyDigest,
  tagHandedToThePin,
  unsignedImage,
  otherTiersKey,
  foreignPath,
  tagMovedAfterThePin,
  manifestByTag,
]
