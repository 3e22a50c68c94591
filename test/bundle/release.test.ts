import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, it } from 'vitest'
import { actions } from '../../scripts/bundle.ts'
import { root } from '../../scripts/root.ts'

function release(name: string): { readonly commit: string; readonly directory: string } {
  const directory = join(temporaryDirectory('release'), name)
  const script = join(root, 'scripts', 'release.ts')
  const args = ['--conditions=source', script, '--out', directory, '--allow-dirty', '--json']
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' })
  return JSON.parse(output)
}

describe('the release tree', () => {
  it('has the same sha each time it is made from the same source', () => {
    expect(release('second').commit).toBe(release('first').commit)
  })

  it('has each action at its root, with what a runner reads and no sources', () => {
    const { directory } = release('tree')
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    for (const name of actions) {
      expect(files).toContain(`${name}/action.yml`)
      expect(files).toContain(`${name}/dist/main/index.js`)
    }
    expect(files.filter((file) => /\.ts$|node_modules|\/src$/.test(file))).toEqual([])
  })

  it('carries checksums of all that is in it', () => {
    const { directory } = release('sums')
    const check = ['--check', '--quiet', '--strict', 'SHA256SUMS']
    expect(execFileSync('sha256sum', check, { cwd: directory, encoding: 'utf8' })).toBe('')
  })
})
