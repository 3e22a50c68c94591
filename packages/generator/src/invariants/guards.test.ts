import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSite } from '@tierseal/tiers'
import { expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { readPublicKeys } from '../public-keys.ts'
import type { RenderedFile } from '../render.ts'
import { renderSite } from '../render-site.ts'
import { SiteFolder } from '../site-files/folder.ts'
import { guards, lostGuards } from './guards.ts'

const folder = fileURLToPath(new URL('../../../../examples/site', import.meta.url))
const { site } = loadSite('tiers.yaml', readFileSync(`${folder}/tiers.yaml`, 'utf8'))
const files = renderSite(site, readPublicKeys(site, new SiteFolder(folder)))

const cases = guards.map((guard) => ({ ...guard, name: `${guard.kind} ${guard.path.join('.')}` }))

function isOf(file: RenderedFile, kind: string): boolean {
  return kind === 'tier.yaml'
    ? file.path.endsWith('/vault/tier.yaml')
    : new RegExp(`^kind: ${kind}$`, 'm').test(file.text)
}

/** The file with something else, or nothing, where the guard stands. */
function without(text: string, { kind, path }: (typeof guards)[number], value?: string): string {
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .map((object) => {
      if (kind === 'tier.yaml' || object.kind === kind) change(object, path, value)
      return stringify(object)
    })
    .join('---\n')
}

function change(
  target: Record<string, unknown>,
  [step = '', ...rest]: readonly string[],
  value?: string,
) {
  if (step === '*') {
    for (const item of Object.values(target)) change(Object(item), rest, value)
  } else if (rest.length === 0) {
    if (value === undefined) delete target[step]
    else target[step] = value
  } else change(Object(target[step]), rest, value)
}

test('the example site loses none', () => expect(files.flatMap(lostGuards)).toEqual([]))

test.each(cases)('sees that $name was taken out or weakened', (guard) => {
  const file = files.find((candidate) => isOf(candidate, guard.kind))
  if (file === undefined) throw new Error(`the example has no ${guard.kind}`)
  for (const value of [undefined, 'weak']) {
    const text = without(file.text, guard, value)
    expect(lostGuards({ ...file, text }).map(({ message }) => message)).toContain(
      `${guard.path.join('.')} of ${guard.kind} is not ${guard.expected}`,
    )
  }
})
