import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@tierseal/test-kit'
import { afterEach, expect, test, vi } from 'vitest'
import { contextArchive } from './context-archive.ts'
import { type Pipe, pipeInto } from './kubernetes-streams.ts'

afterEach(() => vi.unstubAllEnvs())

function contextOf(files: Readonly<Record<string, string>>): string {
  const context = temporaryDirectory('context')
  mkdirSync(join(context, 'folder'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(context, name), text)
  return context
}

const arrival = ({ source, target }: Pipe) => Promise.all([source, target])

test('sends the context, with any name, without what .dockerignore leaves out', async () => {
  const files = { Dockerfile: 'FROM scratch', 'folder/two words\nand a line': '1', '-C': '2' }
  const context = contextOf({ ...files, secret: '3', '.dockerignore': 'secret\n' })
  const target = temporaryDirectory('target')
  const unpack = ['tar', '--extract', '--gzip', `--directory=${target}`] as const
  await arrival(pipeInto(contextArchive({ context, dockerfile: 'Dockerfile' }), unpack))
  for (const [name, text] of Object.entries(files)) {
    expect(readFileSync(join(target, name), 'utf8')).toBe(text)
  }
  expect(existsSync(join(target, 'secret'))).toBe(false)
})

test('leaves nothing in the folder of the runner', async () => {
  const runnerTemp = temporaryDirectory('runner-temp')
  vi.stubEnv('RUNNER_TEMP', runnerTemp)
  const context = contextOf({ Dockerfile: 'FROM scratch' })
  await arrival(pipeInto(contextArchive({ context, dockerfile: 'Dockerfile' }), ['cat']))
  expect(readdirSync(runnerTemp)).toEqual([])
})

test('says what tar said where a file is gone by then', async () => {
  const context = contextOf({ Dockerfile: 'FROM scratch', gone: '1' })
  const archive = contextArchive({ context, dockerfile: 'Dockerfile' })
  rmSync(join(context, 'gone'))
  const pipe = pipeInto(archive, ['cat'])
  await expect(pipe.source).rejects.toThrow(/^tar ended with 2: /)
  pipe.end()
  await expect(pipe.target).rejects.toThrow()
})

test.each([
  ['[z-a]', /^line 1 of \.dockerignore: "\[z-a\]" is no pattern: .*out of order/],
  ['!\n# x\na[\\]', /^line 3 of \.dockerignore: "a\[\\\\\]" is no pattern: /],
])('names a line of .dockerignore that is no pattern: %j', (text, message) => {
  const context = contextOf({ Dockerfile: 'FROM scratch', '.dockerignore': text })
  expect(() => contextArchive({ context, dockerfile: 'Dockerfile' })).toThrow(
    expect.objectContaining({ code: 'CONTEXT_INVALID', message: expect.stringMatching(message) }),
  )
})

test('names what of a context cannot be read', () => {
  const context = contextOf({ Dockerfile: 'FROM scratch' })
  mkdirSync(join(context, '.dockerignore'))
  expect(() => contextArchive({ context, dockerfile: 'Dockerfile' })).toThrow(
    expect.objectContaining({
      code: 'CONTEXT_INVALID',
      message: expect.stringContaining('EISDIR'),
    }),
  )
})

test('reads a .dockerignore of many stars in a time that grows with it', () => {
  const pattern = `${'**a'.repeat(40)}b`
  const context = contextOf({ Dockerfile: '', ['a'.repeat(200)]: '', '.dockerignore': pattern })
  expect(contextArchive({ context, dockerfile: 'Dockerfile' }).stdin).toContain('aaa')
})
