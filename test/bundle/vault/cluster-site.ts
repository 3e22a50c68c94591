import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addTier,
  type CosignKeyPair,
  generateCosignKeyPair,
  prepareVault,
  startTokenReview,
  startVaultCluster,
  type TestVaultCluster,
  type TestVaultClusterOptions,
  temporaryDirectory,
} from '@tierseal/test-kit'

/** A cluster of two with a tier `dev`, known to both nodes. */
export interface ClusterSite extends AsyncDisposable {
  readonly cluster: TestVaultCluster
  readonly key: CosignKeyPair
  /** The inputs of vault-fetch-key for the tier, at the address of a node or of what stands before it. */
  inputsAt(address: string): Readonly<Record<string, string>>
}

/** Starts such a cluster. */
export async function startClusterSite(options: TestVaultClusterOptions): Promise<ClusterSite> {
  const cluster = await startVaultCluster(options)
  const review = await startTokenReview()
  await prepareVault(cluster, review)
  const key = generateCosignKeyPair('CANARY-password')
  await addTier(cluster, { tier: 'dev', keys: key })
  const tokenFile = join(temporaryDirectory('cluster-token'), 'token')
  writeFileSync(tokenFile, review.issue({ namespace: 'ci-dev', name: 'ci-signer' }))
  return {
    cluster,
    key,
    inputsAt: (address) => ({
      'vault-address': address,
      'vault-ca': cluster.caPath,
      role: 'ci-signer-dev',
      'token-file': tokenFile,
      'secret-path': 'tiers/dev',
      'public-path': 'public/dev',
    }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([cluster.stop(), review.stop()])
    },
  }
}
