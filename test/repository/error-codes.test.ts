import { diagnoses } from '@tierseal/diagnosis'
import { codeGroups } from '@tierseal/errors'
import { expect, test } from 'vitest'
import { textOf, typeScriptFiles } from './sources.ts'

const tables = 'packages/errors/src/codes/'
const shipped = typeScriptFiles().filter(
  (path) => /^(packages|actions)\/[^/]+\/src\/|^scripts\//.test(path) && !path.endsWith('.test.ts'),
)
const documented = codeGroups.flatMap(([, codes]) => Object.keys(codes))

test('a code is in the document once', () => {
  expect(documented.filter((code, at) => documented.indexOf(code) !== at)).toEqual([])
  const written = shipped
    .filter((path) => path.startsWith(tables))
    .flatMap((path) => [...textOf(path).matchAll(/^ {2}([A-Z][A-Z0-9_]+): \{$/gm)])
    .map(([, code = '']) => code)
  expect(written.length).toBeGreaterThan(150)
  expect(written.filter((code) => !documented.includes(code))).toEqual([])
})

// A code in a text ends nothing: it stands by itself, between quotes.
test('a code is given by something that is shipped', () => {
  const texts = shipped.filter((path) => !path.startsWith(tables)).map(textOf)
  const given = new Set(
    texts.flatMap((text) => [...text.matchAll(/'([A-Z][A-Z0-9_]+)'/g)].map(([, code]) => code)),
  )
  expect(documented.filter((code) => !given.has(code))).toEqual([])
})

test('what is told to do is a sentence, which begins with what to do or look at', () => {
  const entries = codeGroups.flatMap(([, codes]) => Object.entries(codes))
  const remedies = [
    ...entries.map(([code, { remedy }]) => [code, remedy]),
    ...Object.values(diagnoses).flatMap((rows) => rows.map(({ code, remedy }) => [code, remedy])),
  ]
  const noAdvice = /^(The (message|hint) |There |It )/
  expect(remedies.filter(([, remedy = '']) => !/^[A-Z].*\.$/s.test(remedy))).toEqual([])
  expect(remedies.filter(([, remedy = '']) => noAdvice.test(remedy))).toEqual([])
})
