import { expect, test } from 'vitest'
import { parseAssignments } from './assignments.ts'

test.each([
  [
    'A=1\nB=two words',
    [
      ['A', '1'],
      ['B', 'two words'],
    ],
  ],
  ['A=', [['A', '']]],
  ['A=x=y', [['A', 'x=y']]],
  [
    '  A=1  \r\n\r\nB=2',
    [
      ['A', '1'],
      ['B', '2'],
    ],
  ],
  [
    '"A=first\nsecond"\nB=2',
    [
      ['A', 'first\nsecond'],
      ['B', '2'],
    ],
  ],
  ['"A=say ""hi"""', [['A', 'say "hi"']]],
  ['A="kept quotes"', [['A', '"kept quotes"']]],
  ['"A= spaces kept "', [['A', ' spaces kept ']]],
  ['', []],
])('reads %j', (text, expected) => {
  expect(parseAssignments(text).map(({ name, value }) => [name, value])).toEqual(expected)
})

test.each(['A', '=1', 'A B=1', '"A=1" rest'])('refuses %j', (text) => {
  expect(() => parseAssignments(text)).toThrow(/is not/)
})
