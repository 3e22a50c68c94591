import { expect, test } from 'vitest'
import { isRecord, recordOf, tryJson } from './index.ts'

test.each([[null], [[]], ['{}'], [1], [undefined]])('%j is no object', (value) => {
  expect(isRecord(value)).toBe(false)
  expect(recordOf(value)).toBeUndefined()
})

test('an object is found at a path, and nothing where the path ends before', () => {
  const value = { a: { b: { c: 1 } }, list: [{ c: 2 }] }
  expect(recordOf(value)).toBe(value)
  expect(recordOf(value, 'a', 'b')).toEqual({ c: 1 })
  expect(recordOf(value, 'a', 'b', 'c')).toBeUndefined()
  expect(recordOf(value, 'list', 'c')).toBeUndefined()
})

test('text and bytes are read alike, and what is no JSON is undefined', () => {
  expect(tryJson('{"a":1}')).toEqual({ a: 1 })
  expect(tryJson(Buffer.from('{"a":"ü"}'))).toEqual({ a: 'ü' })
  expect(tryJson('{')).toBeUndefined()
})
