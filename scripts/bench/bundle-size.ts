import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { actions } from '../bundle.ts'
import { root } from '../root.ts'
import type { Measurement } from './row.ts'

// hashicorp/vault-action 3.4.0 (facts: vault.md 1), the nearest comparable bundle.
const vaultActionBytes = 1_004_890

/** Size of each main bundle, its lazily loaded chunks included, against that of vault-action. */
export function measureBundleSize(): readonly Measurement[] {
  return actions.map((name) => ({
    name: `bundle of ${name}`,
    value: bytesOf(join(root, 'actions', name, 'dist', 'main')) / vaultActionBytes,
    unit: 'x vault-action (1.0 MB)',
    target: { relation: '<=', value: 1 },
  }))
}

function bytesOf(directory: string): number {
  const scripts = readdirSync(directory).filter((file) => file.endsWith('.js'))
  return scripts.reduce((total, file) => total + statSync(join(directory, file)).size, 0)
}
