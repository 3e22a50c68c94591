import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { repositoryFiles, textOf } from './sources.ts'

interface Contract {
  readonly name?: string
  readonly description?: string
  readonly inputs?: Readonly<Record<string, Field>>
  readonly outputs?: Readonly<Record<string, Field>>
  readonly runs?: Readonly<Record<string, string>>
}

interface Field {
  readonly description?: string
  readonly default?: unknown
  readonly required?: unknown
}

const files = repositoryFiles()
const actions = files.flatMap((path) => /^actions\/([^/]+)\/action\.yml$/.exec(path)?.[1] ?? [])

describe.each(actions)('%s', (action) => {
  const contract: Contract = parse(textOf(`actions/${action}/action.yml`))
  const source = files
    .filter((path) => path.startsWith(`actions/${action}/src/`) && !path.endsWith('.test.ts'))
    .map(textOf)
    .join('\n')

  test('is described, and so is every input and output', () => {
    const fields = [
      ...Object.entries({ [action]: contract }),
      ...Object.entries(contract.inputs ?? {}),
      ...Object.entries(contract.outputs ?? {}),
    ]
    const mute = fields.filter(([, { description = '' }]) => description.trim() === '')
    expect(mute.map(([name]) => name)).toEqual([])
  })

  test('reads exactly the inputs that action.yml names', () => {
    const read =
      /\b(?:required|optional|exact|secret|list|lines|flag|seconds|fromRunner)\(\s*'([a-z][a-z0-9-]*)'|\{\s*name: '([a-z][a-z0-9-]*)',\s*read\b/g
    const names = [...source.matchAll(read)].map((match) => match[1] ?? match[2] ?? '')
    expect([...new Set(names)].sort()).toEqual(Object.keys(contract.inputs ?? {}).sort())
  })

  test('gives its defaults as texts, and requires nothing that has one', () => {
    const wrong = Object.entries(contract.inputs ?? {}).filter(
      ([, field]) =>
        !['undefined', 'string'].includes(typeof field.default) ||
        (field.required === true && field.default !== undefined),
    )
    expect(wrong.map(([name]) => name)).toEqual([])
  })

  test('runs on Node 24, and has a post exactly where there is a src/post.ts', () => {
    const hasPost = files.includes(`actions/${action}/src/post.ts`)
    expect(contract.runs).toEqual({
      using: 'node24',
      main: 'dist/main/index.js',
      ...(hasPost ? { post: 'dist/post/index.js', 'post-if': 'always()' } : {}),
    })
  })
})
