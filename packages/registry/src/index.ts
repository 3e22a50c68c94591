export {
  type CredentialSource,
  type Credentials,
  credentialsFor,
  demandUsableCredentials,
  resolveCredentials,
} from './credentials.ts'
export { type Descriptor, type Platform, tryDescriptor, tryPlatform } from './descriptor.ts'
export { type DockerConfig, type IdentityEntry, readDockerConfig } from './docker-config.ts'
export {
  findNonImage,
  type ImageManifest,
  mayBeImage,
  parseImageManifest,
  parseIndex,
  platformOfConfig,
} from './manifest.ts'
export { isImageManifest, isIndex } from './media-types.ts'
export {
  type ManifestHead,
  type Referrers,
  RegistryClient,
  type StoredManifest,
} from './registry-client.ts'
export { RegistryPool, type RegistryPoolOptions } from './registry-pool.ts'
