import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { actions } from '../../scripts/bundle.ts'
import { root } from '../../scripts/root.ts'

interface Released {
  readonly commit: string
  readonly directory: string
  /** On stderr. */
  readonly said: string
}

// As npm runs it: in the root of the checkout, for a person who stands somewhere else.
function release(out: string, ...more: readonly string[]): Released {
  const folder = temporaryDirectory('release')
  const script = join(root, 'scripts', 'release.ts')
  const args = ['--conditions=source', script, '--out', out, '--allow-dirty', '--json', ...more]
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, INIT_CWD: folder },
    encoding: 'utf8',
  })
  const { commit, directory } = JSON.parse(stdout)
  expect(directory).toBe(join(folder, out).replace(/\/$/, ''))
  return { commit, directory, said: stderr }
}

function filesOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
}

describe('the release tree', () => {
  let tree: Released

  beforeAll(() => {
    tree = release('./out')
  })

  it('has the same sha each time it is made from the same source for the same owner', () => {
    expect(release('another/').commit).toBe(tree.commit)
    expect(release('platforms', '--owner', 'platform').commit).not.toBe(tree.commit)
  })

  it('has each action at its root, with what a runner reads and no sources', () => {
    const files = filesOf(tree.directory)
    for (const name of actions) {
      expect(files).toContain(`${name}/action.yml`)
      expect(files).toContain(`${name}/dist/main/index.js`)
    }
    expect(files.filter((file) => /\.ts$|node_modules|\/src$/.test(file))).toEqual([])
  })

  it('carries checksums of all that is in it', () => {
    const check = ['--check', '--quiet', '--strict', 'SHA256SUMS']
    expect(execFileSync('sha256sum', check, { cwd: tree.directory, encoding: 'utf8' })).toBe('')
    const named = readFileSync(join(tree.directory, 'SHA256SUMS'), 'utf8').match(/(?<= {2}).+/g)
    expect(named).toContain('cosign-sign/dist/main/index.js')
    expect(named).toContain('README.md')
  })

  it('leads nowhere that it does not hold', () => {
    const pages = filesOf(tree.directory).filter((file) => /^(?!\.git\/).*\.md$/.test(file))
    const links = pages.flatMap((page) => {
      const text = readFileSync(join(tree.directory, page), 'utf8')
      const targets = [...text.matchAll(/\]\(([^)\s:#]+)/g)].map(([, target = '']) => target)
      return targets.map((target) => ({ page, target, file: join(dirname(page), target) }))
    })
    expect(links.map(({ file }) => file)).toContain('docs/errors.md')
    expect(links.filter(({ file }) => !existsSync(join(tree.directory, file)))).toEqual([])
  })

  it('is pushed without v1 where the target has a newer version, and this is told', () => {
    const target = temporaryDirectory('target')
    execFileSync('git', ['init', '--quiet', '--bare', target])
    execFileSync('git', ['push', '--quiet', target, 'HEAD:refs/tags/v1.99.0'], {
      cwd: tree.directory,
    })
    expect(release('./again', '--push', target).said).toContain(
      'v1 stays where it is, for v1.99.0 is newer',
    )
    const tags = execFileSync('git', ['-C', target, 'tag'], { encoding: 'utf8' })
    expect(tags.trim().split('\n')).toEqual(['v1.0.0', 'v1.99.0'])
  })
})
