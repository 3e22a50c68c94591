export { parseVaultAddress, type VaultAddress } from './address.ts'
export type { Answer, KvRead, Login, Wrapped } from './answer.ts'
export { type Breadth, breadthOf, refuseOtherBreadth } from './breadth.ts'
export { type KubernetesLogin, VaultClient, type VaultClientOptions } from './client.ts'
export { longestTokenSeconds, refuseUnfitToken } from './fit-token.ts'
export {
  encodeHandle,
  type FileHandle,
  type HandleServer,
  type KeyFields,
  type KeyHandle,
  looksLikeHandle,
  parseHandle,
  type TransitHandle,
  type WrappedHandle,
} from './handle.ts'
export {
  type KvSecret,
  type KvVersion,
  kvDataPath,
  kvMetadataPath,
  kvPaths,
  parseVaultPath,
  pathsBeside,
} from './path.ts'
export { findPrivateKeyFlaw, provePrivateKeyForm } from './private-key-form.ts'
export type { VaultRequest } from './request.ts'
export type { KvReadRequest, VaultSession } from './session.ts'
export { othersKeys, transitBreadth } from './transit-breadth.ts'
export {
  fieldOf,
  fieldOrEmpty,
  openTransitLogin,
  type TransitLogin,
  type UnwrappedKey,
  unwrapKey,
} from './unwrap-key.ts'
