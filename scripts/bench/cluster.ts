import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  findRemains,
  hasLabTools,
  isNothing,
  type LabKind,
  labPath,
  whyNoNode,
} from '@tierseal/test-kit/lab'
import { bringLabUp, obtainLab, runInLab, withLab } from '../cluster/lab-session.ts'
import { root } from '../root.ts'
import type { Measurement } from './row.ts'

const kind: LabKind = { vault: 'vault', node: true }

/**
 * The chain on the cluster lab, which is brought up for it and taken down. Part of every run where the lab could
 * come up at once, and of every run in CI; asked for by name, its tools are built first.
 *
 * @param asked whether these rows were asked for by name
 * @throws Error where they were, or in CI, and cannot be measured
 */
export async function measureCluster(asked: boolean): Promise<readonly Measurement[]> {
  if (asked && process.getuid?.() === 0) await obtainLab(kind)
  const why = whyNotHere()
  if (why !== undefined && (asked || process.env['CI'] === 'true')) {
    throw new Error(`the cluster rows cannot be measured: ${why}`)
  }
  if (why !== undefined) {
    console.error(`bench: cluster: left out, because ${why}`)
    return []
  }
  const rows: Measurement[] = []
  const exitCode = await withLab(false, async (signals) => {
    const up = await bringLabUp(kind, signals)
    if (up !== 0) return up
    const file = labPath('bench.json')
    const child = join(root, 'scripts', 'bench', 'cluster-child.ts')
    const measured = await runInLab([child, file])
    if (measured === 0) rows.push(...JSON.parse(readFileSync(file, 'utf8')))
    return measured
  })
  if (exitCode !== 0) throw new Error('the cluster rows could not be measured: see above')
  return rows
}

function whyNotHere(): string | undefined {
  if (process.getuid?.() !== 0) return 'a network namespace and a node need root'
  if (!isNothing(findRemains())) return 'a lab is up: npm run lab -- down'
  if (!hasLabTools(kind)) {
    return 'tools of the lab are not here yet: npm run bench -- --only cluster builds them'
  }
  return whyNoNode()
}
