import { expect, test } from 'vitest'
import { joinFailures } from './join-failures.ts'
import { KnownError } from './known-error.ts'

const absent = new KnownError('DIGEST_ABSENT', 'it is not there', { hint: 'Look at the build.' })
const moved = new KnownError('TAG_MOVED', 'the tag moved', { hint: 'Look at the tag.' })

test('a single failure is thrown as it is', () => {
  expect(joinFailures([{ name: 'a', error: absent }], '1 failed:')).toBe(absent)
})

test('several are one error, which names each with its own code and keeps every hint', () => {
  const failures = [
    { name: 'a', error: absent },
    { name: 'b', error: moved },
    { name: 'c', error: absent },
  ]
  expect(joinFailures(failures, '3 failed:')).toMatchObject({
    code: 'DIGEST_ABSENT',
    message: '3 failed:\na: it is not there\nb: TAG_MOVED: the tag moved\nc: it is not there',
    hint: 'Look at the build.\nLook at the tag.',
  })
})

test('a bug among them is thrown, with its stack', () => {
  const bug = new TypeError('undefined is not a function')
  const failures = [
    { name: 'a', error: absent },
    { name: 'b', error: bug },
  ]
  expect(joinFailures(failures, '2 failed:')).toBe(bug)
})
