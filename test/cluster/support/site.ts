import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apply, hostOf, kubectl, type LabState, labPath } from '@tierseal/test-kit/lab'
import { publishActions } from './actions.ts'
import { generateLabSite, siteDirectory } from './generate.ts'
import { type KeyPair, makeKeyPair, makeTransitKey, storeKey } from './keys.ts'
import { useLab } from './lab.ts'
import { appsNamespace } from './pods.ts'
import { applyPolicies, removePolicies } from './policies.ts'
import type { SiteVariant } from './tiers.ts'
import { applyVaultTier } from './vault-tier.ts'

/** A site as its platform team has set it up: keys, roles, policies, actions on the forge. */
export interface LabSite {
  readonly state: LabState
  readonly keys: { readonly dev: KeyPair; readonly prod: KeyPair; readonly rogue: KeyPair }
  readonly actionsSha: string
  readonly checkoutSha: string
}

const record = labPath('site', 'site.json')
const usual = {
  kyverno: '1.19',
  format: 'bundle',
  handover: 'wrapped',
  registry: 'registry',
  build: '{ engine: buildah }',
} as const

/** The site of the suite: set up by the first test file that asks, found by the others. */
export async function useSite(): Promise<LabSite> {
  const state = useLab()
  if (existsSync(record)) return { state, ...JSON.parse(readFileSync(record, 'utf8')) }
  mkdirSync(labPath('site'), { recursive: true, mode: 0o700 })
  const keys = {
    dev: await makeKeyPair('dev'),
    prod: await makeKeyPair('prod'),
    rogue: await makeKeyPair('rogue'),
  }
  const published = await publishActions(state)
  const site = { keys, ...published }
  await storeKey(state, 'dev', keys.dev)
  await storeKey(state, 'prod', keys.prod)
  generateLabSite({ ...usual, ...published }, publicKeys(keys))
  for (const tier of ['dev', 'prod']) await setUpTier(state, tier)
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: appsNamespace } })
  await applyPolicies(hostOf(usual.registry))
  writeFileSync(record, JSON.stringify(site), { mode: 0o600 })
  return { state, ...site }
}

/** Generates the site anew with other policies or formats, and applies them alone. */
export async function usePolicies(
  site: LabSite,
  changes: Partial<SiteVariant> = {},
): Promise<void> {
  const { actionsSha, checkoutSha } = site
  const variant = { ...usual, actionsSha, checkoutSha, ...changes }
  generateLabSite(variant, publicKeys(site.keys))
  await removePolicies()
  await applyPolicies(hostOf(variant.registry))
}

/**
 * Makes the site one of another kind, as its platform team would: tiers.yaml, everything generated from it, and
 * the dev tier's side of Vault and admission.
 */
export async function useVariant(site: LabSite, changes: Partial<SiteVariant> = {}): Promise<void> {
  const { actionsSha, checkoutSha, state } = site
  const variant = { ...usual, actionsSha, checkoutSha, ...changes }
  generateLabSite(variant, await keysOf(site, variant))
  await applyVaultTier(state, join(siteDirectory, 'platform', 'dev'))
  await removePolicies()
  await applyPolicies(hostOf(variant.registry))
}

async function keysOf({ state, keys }: LabSite, { handover }: SiteVariant): Promise<TierKeys> {
  if (handover !== 'transit') return publicKeys(keys)
  return { dev: await makeTransitKey(state, 'dev'), prod: await makeTransitKey(state, 'prod') }
}

type TierKeys = Readonly<Record<string, string>>

function publicKeys({ dev, prod }: LabSite['keys']): TierKeys {
  return { dev: dev.publicKey, prod: prod.publicKey }
}

// The runner's namespace and account stand in the same cluster for both tiers: what separates them is Vault.
async function setUpTier(state: LabState, tier: string): Promise<void> {
  const directory = join(siteDirectory, 'platform', tier)
  await applyVaultTier(state, directory)
  await kubectl(['apply', '--server-side', '-f', join(directory, 'kubernetes', 'runner.yaml')])
}
