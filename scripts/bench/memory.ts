import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { actions } from '../bundle.ts'
import { root } from '../root.ts'
import { median } from './cpu-time.ts'
import type { Measurement } from './row.ts'

const rounds = 5
const report =
  'process.on("exit", () => { console.error(); console.error("rss", process.resourceUsage().maxRSS) })'

/** Peak memory of each bundle, started without inputs, against bare node. */
export function measureMemory(): readonly Measurement[] {
  return actions.map((name) => {
    const bundle = join(root, 'actions', name, 'dist', 'main', 'index.js')
    const ratios = Array.from({ length: rounds }, () => peak([bundle]) / peak(['-e', '0']))
    return { name: `peak memory of ${name}`, value: median(ratios), unit: 'x bare node' }
  })
}

function peak(args: readonly string[]): number {
  const preload = `--import=data:text/javascript,${encodeURIComponent(report)}`
  const script = '"$@" 2>&1 || true'
  const output = execFileSync('sh', ['-c', script, 'sh', process.execPath, preload, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  })
  return Number(/^rss (\d+)$/m.exec(output)?.[1])
}
