import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { log } from './log.ts'

let printed = ''

beforeEach(() => {
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
})

afterEach(() => vi.restoreAllMocks())

describe('log.info', () => {
  // Each line as it must come out: what follows the backslash is what a runner would have carried out.
  it.each([
    ['at the start', '::error::forged', '\\::error::forged'],
    ['after blanks, which GitHub trims', ' \t::add-path::/evil', ' \t\\::add-path::/evil'],
    ['in a later line', 'one\n::add-path::/evil', 'one\n\\::add-path::/evil'],
    ['after a lone carriage return, which .NET takes for a line', 'a\r::x::', 'a\n\\::x::'],
    ['in the old form', '##[add-path]/evil', '#\\#[add-path]/evil'],
    ['in the old form, anywhere in a line', '| x ##[set-env name=A]b', '| x #\\#[set-env name=A]b'],
    ['behind a colour', '\u001b[1;31m::error::x', '\\::error::x'],
    ['behind a line that looks like a colour', '::x\n[1m::error::x', '\\::x\n[1m::error::x'],
    ['behind a character without weight', '\u200b::error::x', '\\u{200b}::error::x'],
    ['with a character without weight inside', ':\u00ad:error::x', ':\\u{ad}:error::x'],
    ['behind a blank beyond ASCII', '\u00a0::error::x', '\u00a0\\::error::x'],
    ['that would end the commands', '::stop-commands::x', '\\::stop-commands::x'],
  ])('never prints a command %s', (_where, text, expected) => {
    log.info(text)
    expect(printed).toBe(`${expected}\n`)
  })

  it.each(['crate::path', 'a: b', '# [x]', '| RUN echo ::', 'Füße 版 🦭', '\tindented'])(
    'leaves %j as it is',
    (text) => {
      log.info(text)
      expect(printed).toBe(`${text}\n`)
    },
  )

  it('shows what would turn the text around or hide it', () => {
    log.info('safe\u202e txt.\u0007')
    expect(printed).toBe('safe\\u{202e} txt.\\u{7}\n')
  })
})

describe('log.warning and log.debug', () => {
  it('stay one command, whatever the message says', () => {
    log.warning('one\n::add-path::/evil\r##[add-path]/evil')
    log.debug('two\n::add-path::/evil')
    expect(printed.split('\n')).toEqual([
      '::warning::one%0A\\::add-path::/evil%0A#\\#[add-path]/evil',
      '::debug::two%0A\\::add-path::/evil',
      '',
    ])
  })
})
