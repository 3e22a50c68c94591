export { makeCertificateAuthority, type SiteCertificateAuthority } from './certificates.ts'
export {
  type CosignKeyPair,
  generateCosignKeyPair,
  importCosignKeyPair,
} from './cosign-key-pair.ts'
export { endInOrder, exitCodeOf, type HeldSignals, holdSignals } from './ending-signals.ts'
export {
  afterUpstream,
  answer,
  breakConnection,
  type FaultServer,
  type FaultServerOptions,
  hang,
  loginPage,
  type Reply,
  redirectTo,
  type SeenRequest,
  slowly,
  startFaultServer,
  trickle,
  type Upstream,
} from './fault-server.ts'
export { type Finding, findSecrets } from './find-secrets.ts'
export { freePort } from './free-port.ts'
export { startGitServer, type TestGitServer } from './git-server.ts'
export { findLeftovers, type Leftovers } from './leftovers.ts'
export { type AirGap, lacksNamespaces, startAirGap } from './network/air-gap.ts'
export { type BlackHole, startBlackHole } from './network/black-hole.ts'
export { startTlsBreaker } from './network/tls-breaker.ts'
export { moveTag, pushBlob, pushImage, pushIndex, putManifest } from './push-image.ts'
export { startRegistry, type TestRegistry, type TestRegistryOptions } from './registry.ts'
export { type DoorKind, type RegistryDoor, startRegistryDoor } from './registry-door.ts'
export { type RegistryAccess, requestRegistry } from './registry-request.ts'
export { readActionDefinition } from './runner/action-definition.ts'
export type { Annotation } from './runner/log-commands.ts'
export { runAction, runPost, startAction } from './runner/run-action.ts'
export { gatherOutput } from './runner/step-output.ts'
export type { ActionOptions, ActionResult, RunningAction } from './runner/step-phase.ts'
export { memoryKinds, swappingMachine } from './runner/swapping-machine.ts'
export { killGroup } from './server-process.ts'
export type { ServiceAccountClaims } from './service-account-token.ts'
export { temporaryDirectory } from './temporary-directory.ts'
export { startTokenReview, type TokenReview } from './token-review.ts'
export { lacksTools, type ToolName, toolPath, toolShare } from './tools/index.ts'
export { startVault, type TestVault, type TestVaultOptions } from './vault.ts'
export {
  startVaultCluster,
  type TestVaultCluster,
  type TestVaultClusterOptions,
} from './vault-cluster.ts'
export type { VaultNode } from './vault-node.ts'
export type { VaultAnswer } from './vault-request.ts'
export { addTier, prepareVault, type VaultTier, writeSecret } from './vault-tier.ts'
export { waitForChild } from './wait-for-child.ts'
