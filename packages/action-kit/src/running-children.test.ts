import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endRememberedChildren, rememberChild } from './running-children.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ts-children-'))
})

afterEach(() => rmSync(home, { recursive: true }))

function start(env: Readonly<Record<string, string>>) {
  const path = process.env['PATH'] ?? ''
  const child = spawn('sleep', ['60'], { env: { PATH: path, ...env }, detached: true })
  rememberChild(home)(child.pid ?? 0)
  return child
}

describe('endRememberedChildren', () => {
  it('ends a child that outlived its step', async () => {
    const child = start({ HOME: home })
    await once(child, 'spawn')
    endRememberedChildren(home)
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  })

  it('spares a process that has got the number of a child since', async () => {
    const other = start({ HOME: '/elsewhere' })
    await once(other, 'spawn')
    endRememberedChildren(home)
    other.kill('SIGTERM')
    expect(await once(other, 'exit')).toEqual([null, 'SIGTERM'])
  })

  it('has nothing to do where no child was started', () => {
    expect(() => endRememberedChildren(home)).not.toThrow()
  })
})
