import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { repositoryFiles, textOf } from './sources.ts'

interface Step {
  readonly uses: string
  readonly with?: Readonly<Record<string, unknown>>
}

const examples = repositoryFiles()
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) =>
    [...textOf(path).matchAll(/^```ya?ml\n(.*?)^```/gms)].map(([, text = ''], index) => ({
      name: `${path}, example ${index + 1}`,
      text,
    })),
  )

function stepsIn(value: unknown): readonly Step[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'uses' in value && typeof value.uses === 'string' ? [value as Step] : []
  return [...own, ...Object.values(value).flatMap(stepsIn)]
}

function inputsOf(action: string): readonly string[] {
  return Object.keys(parse(textOf(`actions/${action}/action.yml`)).inputs)
}

describe('what a document shows to be copied', () => {
  test('is found at all', () => expect(examples.length).toBeGreaterThan(5))

  test.each(examples)('is YAML that names real inputs: $name', ({ text }) => {
    for (const { uses, with: inputs = {} } of stepsIn(parse(text))) {
      const action = /^org\/actions\/([a-z-]+)@/.exec(uses)?.[1]
      if (action === undefined) continue
      expect(inputsOf(action)).toEqual(expect.arrayContaining(Object.keys(inputs)))
    }
  })
})
