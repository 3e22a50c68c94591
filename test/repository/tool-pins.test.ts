import { tools, tryToolName } from '@tierseal/test-kit/tools'
import { describe, expect, test } from 'vitest'
import { realTools } from '../../scripts/test/real-tools.ts'
import { repositoryFiles, textOf } from './sources.ts'

const pinned = Object.entries(tools).flatMap(([name, definition]) =>
  'pin' in definition ? [[name, definition.kind, definition.pin, definition.version] as const] : [],
)

describe('the table of tools says the version that its pin holds', () => {
  test.each(pinned)('%s', (_name, kind, pin, version) => {
    const file = kind === 'wheel' ? 'requirements.txt' : 'go.mod'
    const text = textOf(`test/tools/${pin}/${file}`)
    expect(text.split('\n').some((line) => endsWithVersion(line, version))).toBe(true)
  })
})

// `require x v1.2.3`, `replace a => b v1.2.3`, `name==1.2.3 --hash=...`
function endsWithVersion(line: string, version: string): boolean {
  return line.endsWith(` v${version}`) || `${line} `.includes(`==${version} `)
}

test('every pin is of a tool in the table', () => {
  const folders = repositoryFiles().flatMap(
    (path) => /^test\/tools\/([^/]+)\//.exec(path)?.[1] ?? [],
  )
  const used = pinned.map(([, , pin]) => pin)
  expect([...new Set(folders)].filter((pin) => !used.some((one) => one === pin))).toEqual([])
})

test('npm test obtains every tool that its suites name', () => {
  const suites = repositoryFiles().filter((path) => /^test\/(bundle|real)\/.*\.ts$/.test(path))
  const named = suites.flatMap((path) =>
    [...textOf(path).matchAll(/\b(?:toolPath|lacksTools)\(([^)]*)\)/g)].flatMap(([, args = '']) =>
      [...args.matchAll(/'([a-z0-9-]+)'/g)].flatMap(([, name = '']) => tryToolName(name) ?? []),
    ),
  )
  expect([...new Set(named)].filter((name) => !realTools.includes(name))).toEqual([])
})
