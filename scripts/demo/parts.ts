import { join } from 'node:path'
import {
  addTier,
  type CosignKeyPair,
  generateCosignKeyPair,
  makeCertificateAuthority,
  prepareVault,
  startGitServer,
  startRegistry,
  startTokenReview,
  startVault,
  type TestGitServer,
  type TestRegistry,
  type TestVault,
  type TokenReview,
} from '@tierseal/test-kit'

/** The tiers of the demo, the last being the most protected. */
export const tierNames = ['dev', 'prod'] as const

export type TierName = (typeof tierNames)[number]

/** Every server of the site, real and on loopback, and the keys of its tiers. */
export interface Parts extends AsyncDisposable {
  readonly caPath: string
  readonly registry: TestRegistry
  readonly vault: TestVault
  readonly reviewer: TokenReview
  readonly git: TestGitServer
  readonly keys: Readonly<Record<TierName, CosignKeyPair>>
}

/** Starts the servers and puts a key pair for each tier into Vault. */
export async function startParts(directory: string): Promise<Parts> {
  await using started = new AsyncDisposableStack()
  const ca = makeCertificateAuthority(directory)
  const registry = started.use(await startRegistry({ ca }))
  const vault = started.use(await startVault({ ca }))
  const reviewer = started.use(await startTokenReview())
  const git = started.use(await startGitServer({ ca }))
  await prepareVault(vault, reviewer)
  const keys = { dev: generateCosignKeyPair('demo-dev'), prod: generateCosignKeyPair('demo-prod') }
  for (const tier of tierNames) await addTier(vault, { tier, keys: keys[tier] })
  const all = started.move()
  return {
    caPath: join(directory, 'ca.pem'),
    registry,
    vault,
    reviewer,
    git,
    keys,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
