import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { childEnvironment } from './child-environment.ts'
import { Tool, ToolFailure } from './tool.ts'

const directory = join(mkdtempSync(join(tmpdir(), 'tierseal-tool-')), '.')

function script(name: string, body: string): string {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

afterEach(() => vi.unstubAllEnvs())

describe('Tool', () => {
  it('is found on PATH', async () => {
    const path = script('found-tool', 'echo 1.2.3')
    vi.stubEnv('PATH', `${directory}:/bin:/usr/bin`)
    expect((await Tool.find({ name: 'found-tool' })).path).toBe(path)
  })

  it('is named with its input where it is missing', async () => {
    await expect(Tool.find({ name: 'no-such-tool' })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      hint: expect.stringContaining('no-such-tool-path'),
    })
  })

  it.each([
    ['a folder', directory],
    ['nothing', join(directory, 'none')],
  ])('refuses a path that is %s', async (_, path) => {
    await expect(Tool.find({ name: 'cosign', path })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
    })
  })

  it('runs from a path with spaces', async () => {
    const path = script('tool with spaces', 'echo "$1"')
    const tool = await Tool.find({ name: 'spaces', path })
    expect(await tool.ask(['a b'])).toBe('a b\n')
  })

  it('fails on the exit code alone, whatever stderr says', async () => {
    const silent = await Tool.find({ name: 'silent', path: script('silent', 'exit 4') })
    const noisy = await Tool.find({ name: 'noisy', path: script('noisy', 'echo Error: bad >&2') })
    const options = { env: childEnvironment(), timeoutMs: 5000 }
    await expect(silent.run(['verb'], options)).rejects.toBeInstanceOf(ToolFailure)
    await expect(noisy.run(['verb'], options)).resolves.toMatchObject({ exitCode: 0 })
  })

  it('answers a question that reads its input, which is empty, instead of waiting for it', async () => {
    const reading = await Tool.find({ name: 'reading', path: script('reading', 'cat; echo 1.2.3') })
    expect(await reading.ask(['version'])).toBe('1.2.3\n')
  })

  it('does not wait for ever for the answer to a question', async () => {
    const slow = await Tool.find({ name: 'mute', path: script('mute', 'sleep 30') })
    await expect(slow.ask(['version'], 200)).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' })
  })

  it('does not wait either where the deadline passes before the program has started', async () => {
    const slow = await Tool.find({ name: 'late', path: script('late', 'sleep 30') })
    await expect(slow.ask(['version'], 1)).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' })
  })

  it('says how a question failed', async () => {
    const failing = await Tool.find({
      name: 'failing',
      path: script('failing', 'echo no >&2; exit 3'),
    })
    await expect(failing.ask(['version', '--json'])).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: `${failing.path} version --json ended with exit code 3: no`,
      hint: expect.stringContaining('failing-path'),
    })
  })

  it('has a deadline', async () => {
    const slow = await Tool.find({ name: 'slow', path: script('slow', 'sleep 30') })
    const run = slow.run(['verb'], { env: childEnvironment(), timeoutMs: 200 })
    await expect(run).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' })
  })
})
