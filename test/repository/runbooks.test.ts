import { expect, test } from 'vitest'
import { matchingLines, repositoryFiles, textOf, typeScriptFiles } from './sources.ts'

const shipped = typeScriptFiles().filter(
  (path) => /^(packages|actions)\/[^/]+\/src\//.test(path) && !path.endsWith('.test.ts'),
)

test('a page that is named is there', () => {
  const files = repositoryFiles()
  const named = [...shipped, ...files.filter((path) => path.endsWith('.md'))].flatMap((path) =>
    [...textOf(path).matchAll(/docs\/runbooks\/[\w-]+\.md/g)].map(([page]) => page),
  )
  expect(named).toContain('docs/runbooks/rotate-key.md')
  expect(named.filter((page) => !files.includes(page))).toEqual([])
})

// Who reads it in the log of a job has nothing but the text to go by.
test('what tells to rotate a key says where it is told how', () => {
  const isComment = /^\S+ (\/\/|\/?\*)/
  const told = shipped.flatMap((path) =>
    matchingLines(path, /\brotat(e|ing) (it|the key)\b|\brotation that\b/),
  )
  const sentences = told.filter((line) => !isComment.test(line))
  expect(sentences.length).toBeGreaterThan(5)
  expect(sentences.filter((line) => !/rotate-key\.md|rotateRunbook/.test(line))).toEqual([])
})
