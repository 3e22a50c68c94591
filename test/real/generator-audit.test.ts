import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { lacksTools, toolPath } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/root.ts'

const examples = join(root, 'examples')
const gitea = globSync('site/services/*/.gitea/workflows/*.yaml', { cwd: examples })
const github = globSync('site-github/.github/workflows/*.yaml', { cwd: examples })

interface Finding {
  readonly ident: string
  readonly desc: string
}

// The strictest persona, and nothing that would ask a network. A folder named .gitea is not searched, so
// the files are named one by one.
function audit(files: readonly string[]): readonly string[] {
  const args = ['--offline', '--persona', 'auditor', '--no-progress', '--format', 'json']
  const run = spawnSync(toolPath('zizmor'), [...args, ...files], {
    cwd: examples,
    encoding: 'utf8',
  })
  const findings: readonly Finding[] = JSON.parse(run.stdout)
  return [...new Set(findings.map(({ ident }) => ident))]
}

function lint(folder: string, files: readonly string[]): string {
  const cwd = join(examples, folder)
  const args = ['-config-file', '.github/actionlint.yaml', '-no-color', '-oneline']
  const run = spawnSync(toolPath('actionlint'), [...args, ...files], { cwd, encoding: 'utf8' })
  return run.stdout + run.stderr
}

test('there are workflows to look at', () => {
  expect(gitea).toHaveLength(6)
  expect(github).toHaveLength(2)
})

describe.skipIf(lacksTools('zizmor'))('zizmor as auditor, offline', () => {
  test('finds nothing in workflows for GitHub', () => {
    expect(audit(github)).toEqual([])
  })

  test('finds in workflows for Gitea only that secrets have no environment, which Gitea does not have', () => {
    expect(audit(gitea)).toEqual(['secrets-outside-env'])
  })
})

describe.skipIf(lacksTools('actionlint'))('actionlint with the generated runner labels', () => {
  test.each(['payments', 'orders'])('finds nothing in the workflows of %s', (service) => {
    const own = gitea.filter((file) => file.includes(`/${service}/`))
    const relative = own.map((file) => file.replace(`site/services/${service}/`, ''))
    expect(lint(`site/services/${service}`, relative)).toBe('')
  })

  test('finds nothing in workflows for GitHub', () => {
    expect(
      lint(
        'site-github',
        github.map((file) => file.replace('site-github/', '')),
      ),
    ).toBe('')
  })

  test('would find a runner label that is not declared', () => {
    const found = lint('site-github', [
      '../site/services/payments/.gitea/workflows/deploy-dev.yaml',
    ])
    expect(found).toContain('label "dev-signer" is unknown')
  })
})
