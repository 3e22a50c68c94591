import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  addTier,
  generateCosignKeyPair,
  prepareVault,
  pushImage,
  startRegistry,
  startTokenReview,
  startVault,
  temporaryDirectory,
} from '@tierseal/test-kit'
import { measureAction } from './measure-action.ts'
import { measureMemory } from './memory.ts'
import type { Measurement } from './row.ts'

/** What vault-fetch-key and assert-digest ask their servers, as the servers' own logs tell, and the memory they take. */
export async function measureRequests(): Promise<readonly Measurement[]> {
  return [...(await measureVaultRequests()), ...(await measureRegistryRequests())]
}

async function measureVaultRequests(): Promise<readonly Measurement[]> {
  await using vault = await startVault()
  await using reviewer = await startTokenReview()
  await prepareVault(vault, reviewer)
  await addTier(vault, { tier: 'dev', keys: generateCosignKeyPair('bench') })
  const token = join(temporaryDirectory('bench-vault'), 'token')
  writeFileSync(token, reviewer.issue({ namespace: 'ci-dev', name: 'ci-signer' }))
  const inputs = {
    'vault-address': vault.address,
    'vault-ca': vault.caPath,
    role: 'ci-signer-dev',
    'token-file': token,
    'kv-mount': 'cosign',
    'secret-path': 'tiers/dev',
    'public-path': 'public/dev',
  }
  const before = vaultRequests(vault.auditPath).length
  await measureAction('vault-fetch-key', { inputs })
  const made = vaultRequests(vault.auditPath).slice(before)
  const revocations = made.filter((path) => path.endsWith('revoke-self')).length
  return [
    {
      name: 'vault-fetch-key, requests beside the revocation',
      value: made.length - revocations,
      unit: 'requests',
      target: { relation: '<=', value: 4 },
    },
    {
      name: 'vault-fetch-key, revocations of its token',
      value: revocations,
      unit: 'requests',
      target: { relation: '>=', value: 1 },
    },
    await measureMemory('vault-fetch-key', () => ({ inputs })),
  ]
}

async function measureRegistryRequests(): Promise<readonly Measurement[]> {
  await using registry = await startRegistry()
  const digest = await pushImage(registry, 'bench/app', { seed: 'requests' })
  const inputs = {
    image: `${registry.host}/bench/app`,
    digest,
    'registry-ca': registry.caPath,
    'docker-config': registry.dockerConfigDirectory,
  }
  const before = registryRequests(registry.logPath)
  await measureAction('assert-digest', { inputs })
  const made = registryRequests(registry.logPath) - before
  return [
    {
      name: 'assert-digest, requests for one image',
      value: made,
      unit: 'requests',
      target: { relation: '<=', value: 4 },
    },
    await measureMemory('assert-digest', () => ({ inputs })),
  ]
}

function vaultRequests(auditPath: string): readonly string[] {
  const lines = readFileSync(auditPath, 'utf8').trim().split('\n')
  const entries = lines.map((line) => JSON.parse(line))
  return entries.filter(({ type }) => type === 'request').map(({ request }) => request.path)
}

// The access log is in Apache's form; the registry's own log is not.
function registryRequests(logPath: string): number {
  return readFileSync(logPath, 'utf8').match(/"(?:GET|HEAD|POST|PUT) \/v2\//g)?.length ?? 0
}
