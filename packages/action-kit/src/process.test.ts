import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { childEnvironment } from './child-environment.ts'
import { maskSecret } from './masking.ts'
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

  it('hands on a line without end in parts, and no secret in two of them', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    maskSecret('canary-of-a-long-line')
    write.mockRestore()
    const seen: string[] = []
    // 64 KiB end within the secret; what follows has lines again.
    const fill = "head -c 65530 /dev/zero | tr '\\0' x"
    const rest = "head -c 150000 /dev/zero | tr '\\0' y"
    await shell(`${fill}; printf canary-of-a-long-line; ${rest}; printf '\\nend'`, 5000, (line) =>
      seen.push(line),
    )
    expect(seen.map(({ length }) => length <= 65536)).toEqual([true, true, true, true, true])
    expect(seen.slice(0, -1).join('')).toBe(`${'x'.repeat(65530)}***${'y'.repeat(150_000)}`)
    expect(seen.at(-1)).toBe('end')
  })

  it('keeps the end of what is printed, and no more of it than 4 Mi characters', async () => {
    const { stdout } = await shell("head -c 9000000 /dev/zero | tr '\\0' x; printf end", 20_000)
    expect([stdout.length, stdout.slice(-4)]).toEqual([4 * 1024 * 1024, 'xend'])
  })

  it('rejects where the program cannot be started', async () => {
    await expect(runProcess('/nowhere/tool', [], { env, timeoutMs: 1000 })).rejects.toThrow(
      'ENOENT',
    )
  })
})
