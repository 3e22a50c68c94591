import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSite } from '@tierseal/tiers'
import { expect, test } from 'vitest'
import { renderSite } from '../render-site.ts'

const example = fileURLToPath(new URL('../../../../examples/site/tiers.yaml', import.meta.url))
const text = readFileSync(example, 'utf8')

/** The lines of the dev workflow that name the source, for a site with a forge of its own. */
function sourceLines(forgeAddress: string, ofProd = 'protected: true'): readonly string[] {
  const own = text
    .replace('forge: gitea', `forge: gitea\nforgeAddress: ${forgeAddress}`)
    .replace('  - name: prod\n', `  - name: prod\n    ${ofProd}\n`)
  const files = renderSite(loadSite('tiers.yaml', own).site)
  const workflow = files.find(({ path }) =>
    path.endsWith('payments/.gitea/workflows/deploy-dev.yaml'),
  )
  return workflow?.text.match(/source-.*/g) ?? []
}

test('the history of the source is asked of the forge that tiers.yaml names, by the job itself', () => {
  const expression = (name: string): string => `\${{ github.${name} }}`
  expect(sourceLines('https://forge.internal/git/')).toEqual([
    `source-url: "https://forge.internal/git/${expression('repository')}.git"`,
    `source-token: ${expression('token')}`,
  ])
})

test("a forge in the clear is never given the job's token by a step that is not in the clear itself", () => {
  expect(sourceLines('http://forge.internal', 'protected: false')).toEqual([])
})
