import { expect, test } from 'vitest'
import { editDistance } from './edit-distance.ts'

test.each([
  ['images', 'images', 0],
  ['', 'images', 6],
  ['images', '', 6],
  ['imgaes', 'images', 2],
  ['image', 'images', 1],
  ['kitten', 'sitting', 3],
])('%j and %j are %i apart', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance)
  expect(editDistance(to, from)).toBe(distance)
})
