import { expect, it } from 'vitest'
import { formatProblem, problemsOf } from './problems.ts'

it('repeats the failures that a suite named, each on one line', () => {
  const line = formatProblem('[unit] a.test.ts > b', 'expected 1\nto be 2')
  expect(line).toBe('failed: [unit] a.test.ts > b: expected 1')
  expect(problemsOf(1, `noise\n${line}\n1 passed, 1 failed\n`)).toEqual([line])
})

it('tells the error of an action from its log, and none of its masks', () => {
  const log = [
    '::add-mask::CANARY',
    'building',
    '::error::TOOL_TIMEOUT: it took too long',
    ': expected 1',
  ]
  expect(formatProblem('a', log.join('\n'))).toBe(
    'failed: a: ::error::TOOL_TIMEOUT: it took too long',
  )
  expect(formatProblem('a', '::add-mask::CANARY\nended: expected 1')).toBe(
    'failed: a: ended: expected 1',
  )
})

it('shows the last lines of a step that named none', () => {
  const output = Array.from({ length: 30 }, (_, index) => `\u001b[31mline ${index}\u001b[39m`)
  const problems = problemsOf(1, output.join('\n'))
  expect(problems).toHaveLength(20)
  expect(problems.at(-1)).toBe('line 29')
})

it('says nothing of a step that passed', () => {
  expect(problemsOf(0, 'failed: once, and then not\n')).toEqual([])
})
