import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../root.ts'
import type { Release } from './site.ts'

/** Makes the release tree just as a site would get it, and gives its commit. */
export function makeDemoRelease(directory: string): Release {
  const target = join(directory, 'actions')
  const script = join(root, 'scripts', 'release.ts')
  const args = ['--conditions=source', script, '--out', target, '--allow-dirty', '--json']
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error('the release tree could not be made; the lines above say why')
  return { directory: target, sha: JSON.parse(stdout).commit }
}
