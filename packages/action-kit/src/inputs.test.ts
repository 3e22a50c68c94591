import { KnownError } from '@tierseal/errors'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  exact,
  flag,
  lines,
  list,
  optional,
  readInputs,
  required,
  seconds,
  secret,
} from './inputs.ts'
import { redact } from './masking.ts'

afterEach(() => vi.unstubAllEnvs())

function given(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs))
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value)
}

function parseByDigest(text: string): string {
  if (text.includes('@sha256:')) return text
  throw new KnownError('REFERENCE_IS_TAG', 'it names no digest', { hint: 'a tag can move' })
}

const specs = {
  image: required('image', parseByDigest),
  role: optional('role', (text) => text),
  timeoutMs: seconds('timeout-seconds'),
  recursive: flag('recursive'),
  arguments: lines('arguments'),
}
const image = `registry.internal/app@sha256:${'0'.repeat(64)}`

describe('readInputs', () => {
  it('reads typed values', () => {
    given({ image, 'timeout-seconds': '90', recursive: 'true', arguments: ' --a=1 \n\n --b c\n' })
    expect(readInputs(specs)).toMatchObject({
      image,
      role: undefined,
      timeoutMs: 90_000,
      recursive: true,
      arguments: ['--a=1', '--b c'],
    })
  })

  it('reports every problem at once', () => {
    given({ image: '', 'timeout-seconds': '1.5', recursive: 'yes' })
    expect(() => readInputs(specs)).toThrowError(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: [
          'input image: it is required and empty',
          'input timeout-seconds: "1.5" is not a whole number of seconds from 1 to 999999',
          'input recursive: "yes" is neither true nor false',
        ].join('\n'),
      }),
    )
  })

  it('reports every bad line of an input', () => {
    const pairs = list('pairs', (line) => {
      if (!line.includes('=')) throw new Error(`${line} has no =`)
      return line
    })
    given({ pairs: 'a\nb=1\nc' })
    expect(() => readInputs({ pairs })).toThrowError(
      expect.objectContaining({ message: 'input pairs: a has no =\ninput pairs: c has no =' }),
    )
  })

  const joints = {
    pair: {
      of: ['role', 'recursive'],
      read: ({ role, recursive }: { role: string | undefined; recursive: boolean }) => {
        if (role === undefined && recursive) throw new Error('recursive is set and role is empty')
        return `${role}`
      },
    },
  } as const

  it('gives what several inputs make together', () => {
    given({ image, 'timeout-seconds': '90', role: 'signer' })
    expect(readInputs(specs, joints).pair).toBe('signer')
  })

  it('reports a bad combination of good inputs beside the bad inputs', () => {
    given({ image, 'timeout-seconds': '0', recursive: 'true' })
    expect(() => readInputs(specs, joints)).toThrowError(
      /^input timeout-seconds: .*\nrecursive is set and role is empty$/,
    )
  })

  it('reports no combination of an input that is bad by itself', () => {
    given({ image, 'timeout-seconds': '90', recursive: 'maybe' })
    expect(() => readInputs(specs, joints)).toThrowError(
      expect.objectContaining({ message: 'input recursive: "maybe" is neither true nor false' }),
    )
  })

  it('keeps the code and the hint of a single problem', () => {
    given({ image: 'registry.internal/app:1.0', 'timeout-seconds': '90' })
    expect(() => readInputs(specs)).toThrowError(
      expect.objectContaining({
        code: 'REFERENCE_IS_TAG',
        hint: expect.stringContaining('a tag can move'),
      }),
    )
  })

  it('takes a secret to the letter: blanks at its ends belong to it', () => {
    given({ password: ' two words ', pem: '-----BEGIN X-----\nYWJj\n-----END X-----\n' })
    const values = readInputs({ password: secret('password'), pem: secret('pem') })
    expect(values).toEqual({
      password: ' two words ',
      pem: '-----BEGIN X-----\nYWJj\n-----END X-----\n',
    })
    expect(redact(`x ${Buffer.from(' two words ').toString('base64')}`)).toBe('x ***')
  })

  it.each(['canary-password\n', 'canary-password\r\n', '\ncanary-password'])(
    'refuses %j as a secret, whose line break no server would forgive, and does not show it',
    (text) => {
      given({ password: text })
      const reading = (): unknown => readInputs({ password: secret('password') })
      expect(reading).toThrowError(
        expect.objectContaining({
          code: 'INPUT_INVALID',
          message: 'input password: there is a line break before or after it',
        }),
      )
    },
  )

  it('gives the text of an exact input untrimmed', () => {
    given({ digest: ' x\n' })
    expect(readInputs({ digest: exact('digest', (text) => text) })).toEqual({ digest: ' x\n' })
    given({ digest: '' })
    expect(readInputs({ digest: exact('digest', (text) => text) })).toEqual({ digest: undefined })
  })

  it('enforces a required input, which no runner does', () => {
    given({ image: '  ', 'timeout-seconds': '90' })
    expect(() => readInputs(specs)).toThrowError(expect.objectContaining({ code: 'INPUT_MISSING' }))
  })

  it('refuses more seconds than the input takes', () => {
    const ttl = { ttlMs: seconds('ttl', 900) }
    given({ ttl: '900' })
    expect(readInputs(ttl).ttlMs).toBe(900_000)
    given({ ttl: '901' })
    expect(() => readInputs(ttl)).toThrow('"901" is not a whole number of seconds from 1 to 900')
  })

  it.each(['0', '-1', '1e3', '', 'abc', '9999999'])('refuses %j as seconds', (text) => {
    given({ image, 'timeout-seconds': text })
    expect(() => readInputs(specs)).toThrow()
  })
})
