import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/root.ts'

const tellModules = `process.once('exit', () => {
  const loaded = process.moduleLoadList.join('\\n')
  process.stderr.write(loaded)
})`

// Each costs a tenth of a start and more (docs/decisions/0112-a-bundle-has-what-it-uses.md).
const dear = ['crypto', 'child_process', 'net', 'assert', 'http', 'tls'].map(
  (name) => `NativeModule ${name}`,
)

test.each(['kaniko-build', 'vault-fetch-key', 'cosign-sign', 'kustomize-pin'])(
  'the post of %s, with nothing to do, loads nothing that it does not use',
  (action) => {
    const program = join(root, 'actions', action, 'dist', 'post', 'index.js')
    const args = ['--import', `data:text/javascript,${encodeURIComponent(tellModules)}`, program]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    const loaded = stderr.split('\n')
    expect(loaded).toContain('NativeModule fs')
    expect(dear.filter((name) => loaded.includes(name))).toEqual([])
  },
)
