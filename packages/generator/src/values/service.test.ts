import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSite } from '@tierseal/tiers'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderSite } from '../render-site.ts'

const example = fileURLToPath(new URL('../../../../examples/site/tiers.yaml', import.meta.url))

/** The build arguments of the dev workflow of orders, as kaniko-build gets them. */
function buildArgs(values: Readonly<Record<string, string>>): string {
  const text = readFileSync(example, 'utf8').replace(
    /buildArgs:\n.*\n/,
    `buildArgs: ${JSON.stringify(values)}\n`,
  )
  const files = renderSite(loadSite('tiers.yaml', text).site)
  const workflow = files.find(({ path }) =>
    path.endsWith('orders/.gitea/workflows/deploy-dev.yaml'),
  )
  const { jobs } = parse(workflow?.text ?? '')
  return jobs.deploy.steps[1].with['build-args']
}

test('blanks at the end of a build argument are quoted, since kaniko-build trims lines', () => {
  expect(buildArgs({ A: 'a', B: 'say "b" ', C: ' c' })).toBe('A=a\n"B=say ""b"" "\nC= c')
})
