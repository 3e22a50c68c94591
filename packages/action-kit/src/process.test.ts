import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { childEnvironment } from './child-environment.ts'
import { runProcess } from './process.ts'

const env = childEnvironment()

function shell(
  script: string,
  timeoutMs = 5000,
  onLine?: (line: string) => void,
): ReturnType<typeof runProcess> {
  return runProcess('/bin/sh', ['-c', script], { env, timeoutMs, ...(onLine ? { onLine } : {}) })
}

// A killed orphan may stay a zombie where nothing reaps it.
function isRunning(pid: number): boolean {
  const status = `/proc/${pid}/status`
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'))
}

describe('runProcess', () => {
  it('keeps exit code, stdout and stderr apart', async () => {
    expect(await shell('echo out; echo err >&2; exit 3')).toMatchObject({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
    })
  })

  it('closes stdin, so that a prompt ends instead of waiting', async () => {
    expect(await shell('cat; echo end')).toMatchObject({ exitCode: 0, stdout: 'end\n' })
  })

  it('kills the whole process group at the deadline', async () => {
    const result = await shell('sleep 30 & echo $!; wait', 300)
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL', exitCode: undefined })
    await sleep(50)
    expect(isRunning(Number(result.stdout))).toBe(false)
  })

  // `setsid` leaves the process group, and with it the pipes stay open for as long as it lives.
  it('ends at the deadline, whatever a child that left the group still holds open', async () => {
    const startedAt = Date.now()
    const result = await shell('echo out; setsid sleep 8 & sleep 60', 300)
    expect(result).toMatchObject({ timedOut: true, signal: 'SIGKILL', stdout: 'out\n' })
    expect(Date.now() - startedAt).toBeLessThan(5000)
  }, 20_000)

  it('ends at the deadline, whatever a child that left the group keeps printing', async () => {
    const startedAt = Date.now()
    const chatter = "setsid sh -c 'for i in $(seq 80); do echo more; sleep 0.1; done' & sleep 60"
    expect(await shell(chatter, 300)).toMatchObject({ timedOut: true })
    expect(Date.now() - startedAt).toBeLessThan(5000)
  }, 20_000)

  it('ends soon after the program, whatever its children still hold open', async () => {
    const startedAt = Date.now()
    const result = await shell('echo out; setsid sleep 8 & exit 3', 15_000)
    expect(result).toMatchObject({ timedOut: false, exitCode: 3, stdout: 'out\n' })
    expect(Date.now() - startedAt).toBeLessThan(6000)
  }, 20_000)

  it('keeps what still comes through the pipes after the program ended', async () => {
    const result = await shell('(sleep 0.5; echo late; sleep 0.5; echo later) & exit 0')
    expect(result.stdout).toBe('late\nlater\n')
  })

  it('hands on lines as they come, the last one too where it has no end', async () => {
    const seen: string[] = []
    await shell('echo one; printf two', 5000, (line) => seen.push(line))
    expect(seen).toEqual(['one', 'two'])
  })

  it('rejects where the program cannot be started', async () => {
    await expect(runProcess('/nowhere/tool', [], { env, timeoutMs: 1000 })).rejects.toThrow(
      'ENOENT',
    )
  })
})
