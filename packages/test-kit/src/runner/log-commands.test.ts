import { expect, test } from 'vitest'
import { annotationsOf, forbiddenCommandsOf, maskedLogOf } from './log-commands.ts'

test('reads annotations with their escapes and properties', () => {
  const log = 'plain\n::error::one%0Atwo 100%25\n::warning file=a.yml,line=3::careful\n::group::x'
  expect(annotationsOf(log)).toEqual([
    { level: 'error', message: 'one\ntwo 100%' },
    { level: 'warning', message: 'careful' },
  ])
})

test('masks from the command on, and hides the command', () => {
  const log = 'early canary\n::add-mask::canary\nlate canary twice canary'
  expect(maskedLogOf(log)).toBe('early canary\nlate *** twice ***')
})

test('takes a mask as it is written, as the daemon of the oldest runner does', () => {
  expect(maskedLogOf('::add-mask::a%2Fb\na%2Fb')).toBe('***')
  expect(maskedLogOf('::add-mask::a%252Fb\na%2Fb')).toBe('a%2Fb')
})

test('does not honour a mask of several lines, as the oldest runner does not', () => {
  expect(maskedLogOf('::add-mask::one%0Atwo\none\ntwo')).toBe('one\ntwo')
})

test.each([
  '::set-env name=PATH::/evil',
  ' \t::add-path::/evil',
  '\u200b:\u00ad:set-output name=digest::x',
  'progress\r::save-state name=a::b',
  'text ##[set-output name=digest]x',
  '##[add-path]/evil',
  '::stop-commands::token',
])('takes %j for a command, as one runner or another does', (line) => {
  expect(forbiddenCommandsOf(`before\n${line}\nafter`)).toHaveLength(1)
})

test.each(['::error::shown', '::group::x', '\\::set-env name=A::b', '#\\#[add-path]x', 'a::b::c'])(
  'takes %j for nothing that changes the job',
  (line) => {
    expect(forbiddenCommandsOf(line)).toEqual([])
  },
)
