import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apply, kubectl, type LabState, labPath } from '@tierseal/test-kit/lab'
import { publishActions } from './actions.ts'
import { generateLabSite, siteDirectory } from './generate.ts'
import { type KeyPair, makeKeyPair, storeKey } from './keys.ts'
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
  await applyPolicies()
  writeFileSync(record, JSON.stringify(site), { mode: 0o600 })
  return { state, ...site }
}

/** Generates the site anew with other policies or formats, and applies them alone. */
export async function usePolicies(
  site: LabSite,
  changes: Partial<SiteVariant> = {},
): Promise<void> {
  const { actionsSha, checkoutSha } = site
  generateLabSite({ ...usual, actionsSha, checkoutSha, ...changes }, publicKeys(site.keys))
  await removePolicies()
  await applyPolicies()
}

function publicKeys({ dev, prod }: LabSite['keys']): Record<string, string> {
  return { dev: dev.publicKey, prod: prod.publicKey }
}

// The runner's namespace and account stand in the same cluster for both tiers: what separates them is Vault.
async function setUpTier(state: LabState, tier: string): Promise<void> {
  const directory = join(siteDirectory, 'platform', tier)
  await applyVaultTier(state, directory)
  await kubectl(['apply', '--server-side', '-f', join(directory, 'kubernetes', 'runner.yaml')])
}
