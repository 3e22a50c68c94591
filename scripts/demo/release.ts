import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { waitForChild } from '@tierseal/test-kit'
import { root } from '../root.ts'
import type { Release } from './site.ts'

/** Makes the release tree just as a site would get it, and gives its commit. */
export async function makeDemoRelease(directory: string): Promise<Release> {
  const target = join(directory, 'actions')
  const script = join(root, 'scripts', 'release.ts')
  const args = ['--conditions=source', script, '--out', target, '--allow-dirty', '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  if ((await waitForChild(child)) !== 0) {
    throw new Error('the release tree could not be made; the lines above say why')
  }
  return { directory: target, sha: JSON.parse(output).commit }
}
