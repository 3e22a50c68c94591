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
import { bringLabUp, obtainLab, runInLab, takeLabDown } from '../cluster/lab-session.ts'
import { root } from '../root.ts'
import type { Measurement } from './row.ts'

const kind: LabKind = { vault: 'vault', node: true }

/**
 * The chain on the cluster lab, which is brought up for it and taken down. Part of every run where the lab could
 * come up at once; asked for by name, its tools are built first.
 *
 * @param asked whether these rows were asked for by name
 * @throws Error where they were, and cannot be measured
 */
export async function measureCluster(asked: boolean): Promise<readonly Measurement[]> {
  if (asked && process.getuid?.() === 0) await obtainLab(kind)
  const why = whyNotHere()
  if (why !== undefined && asked) throw new Error(`the cluster rows cannot be measured: ${why}`)
  if (why !== undefined) {
    console.error(`bench: cluster: left out, because ${why}`)
    return []
  }
  try {
    if ((await bringLabUp(kind)) !== 0) throw new Error('the lab did not come up')
    const file = labPath('bench.json')
    if ((await runInLab([join(root, 'scripts', 'bench', 'cluster-child.ts'), file])) !== 0) {
      throw new Error('the cluster rows could not be measured: see above')
    }
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    await takeLabDown()
  }
}

function whyNotHere(): string | undefined {
  if (process.getuid?.() !== 0) return 'a network namespace and a node need root'
  if (!isNothing(findRemains())) return 'a lab is up: npm run lab -- down'
  if (!hasLabTools(kind)) {
    return 'tools of the lab are not here yet: npm run bench -- --only cluster builds them'
  }
  return whyNoNode()
}
