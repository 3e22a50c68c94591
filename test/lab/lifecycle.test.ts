import { type ChildProcess, spawn } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { killGroup } from '@tierseal/test-kit'
import { type LabState, labPath, readState, waitUntil } from '@tierseal/test-kit/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/root.ts'
import { idleShare, lookAtMachine, processesOfLab } from './machine.ts'

let before: ReturnType<typeof lookAtMachine>

beforeAll(() => {
  if (readState() !== undefined) throw new Error('a lab is up: end it with npm run lab -- down')
  before = lookAtMachine()
})
afterAll(() => lab('down'))

describe('a lab whose tools are there', () => {
  it('is up in under a minute, with OpenBao where that is asked for', async () => {
    // Half of a machine that somebody else uses is no measure.
    const limit = (await idleShare()) > 0.5 ? 60 : 240
    const begin = performance.now()
    const { exitCode, log } = await lab('up', '--openbao')
    expect(exitCode, log).toBe(0)
    const seconds = (performance.now() - begin) / 1000
    console.log(`lab up after ${seconds.toFixed(1)} s`)
    expect(seconds).toBeLessThan(limit)
    const { pid } = knownState().daemons['vault'] ?? { pid: 0 }
    expect(readlinkSync(`/proc/${pid}/exe`)).toMatch(/bao$/)
  })

  it('stays as it is when it is brought up again', async () => {
    const { daemons } = knownState()
    const { exitCode, log } = await lab('up')
    expect(exitCode, log).toBe(0)
    expect(knownState().daemons).toEqual(daemons)
    const status = await lab('status', '--json')
    expect(status.exitCode, status.log).toBe(0)
    const { programs } = JSON.parse(status.log)
    expect(programs).toContainEqual({
      name: 'kubelet',
      pid: daemons['kubelet']?.pid,
      running: true,
    })
  })

  it('is gone without a trace after all of it was killed at once, and down', async () => {
    await runPod()
    await killEverything()
    const status = await lab('status')
    expect(status.log).toMatch(/^kubelet +ENDED$/m)
    expect(status.exitCode).toBe(1)
    const wreck = lookAtMachine()
    expect(wreck['mounts']).not.toEqual(before['mounts'])
    expect(wreck['/run/netns']).toContain('tierseal-lab')
    const { exitCode, log } = await lab('down')
    expect(exitCode, log).toBe(0)
    expect(lookAtMachine()).toEqual(before)
  })
})

describe('a lab that is killed while it comes up', () => {
  it('is gone without a trace after down', async () => {
    const up = start('up')
    await waitUntil('kubelet to be started', async () => readState()?.daemons['kubelet'], {
      timeoutMs: 240_000,
    })
    killGroup(up.child)
    await killEverything()
    const { exitCode, log } = await lab('down')
    expect(exitCode, log).toBe(0)
    expect(lookAtMachine()).toEqual(before)
  })
})

interface Ended {
  readonly exitCode: number | null
  readonly log: string
}

function lab(...words: readonly string[]): Promise<Ended> {
  return start(...words).end
}

// As a group of its own, for a test that kills it.
function start(...words: readonly string[]): { child: ChildProcess; end: Promise<Ended> } {
  const args = ['--conditions=source', join(root, 'scripts', 'lab.ts'), ...words]
  const child = spawn(process.execPath, args, { detached: true, stdio: 'pipe' })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  }
  const end = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, log }))
  })
  return { child, end }
}

// A pod is what leaves the most behind: shims, mounts, cgroups, interfaces, links to logs.
async function runPod(): Promise<void> {
  const image = '192.0.2.2:5000/platform/base:1'
  const account = ['kubectl', 'wait', '--for=create', 'serviceaccount/default', '--timeout=120s']
  const run = ['kubectl', 'run', 'crash', `--image=${image}`, '--command', '--', 'sleep', '100000']
  const wait = ['kubectl', 'wait', '--for=condition=Ready', 'pod/crash', '--timeout=120s']
  for (const command of [account, run, wait]) {
    const { exitCode, log } = await lab('shell', ...command)
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${log}`)
  }
}

async function killEverything(): Promise<void> {
  const ended = async (): Promise<boolean> => {
    const all = processesOfLab()
    for (const pid of all) quietKill(pid)
    return all.length === 0
  }
  await waitUntil('every process of the lab to end', ended, { timeoutMs: 60_000 })
}

function quietKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

function knownState(): LabState {
  const state = readState()
  if (state === undefined) throw new Error(`there is no state in ${labPath()}`)
  return state
}
