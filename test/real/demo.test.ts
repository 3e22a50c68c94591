import { type ChildProcess, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { existsSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findLeftovers, lacksTools, temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'

interface Demo {
  readonly folder: string
  readonly child: ChildProcess
  /** What it has shown so far. */
  readonly shown: () => string
}

/** Starts the demo in a folder of its own. */
function startDemo(): Demo {
  const folder = temporaryDirectory('interrupted')
  const args = [...process.execArgv, 'scripts/demo.ts', '--report', join(folder, 'report.json')]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: '--conditions=source' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let shown = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      shown += String(chunk)
    })
  }
  return { folder, child, shown: () => shown }
}

/** Resolves while the job's build runs: it takes seconds. */
async function buildRuns({ folder, child, shown }: Demo): Promise<void> {
  while (!findLeftovers(folder).processes.some((line) => /\/buildah /.test(line))) {
    if (child.exitCode !== null) throw new Error(`it ended without a build: ${shown()}`)
    await sleep(20)
  }
}

/** Resolves when a step begins that tampers with a link; its folder is made with it. */
async function tamperingRuns({ folder, child, shown }: Demo): Promise<void> {
  const watcher = watch(folder)
  child.once('close', () => watcher.close())
  for await (const [_event, name] of on(watcher, 'change', { close: ['close'] })) {
    if (String(name).startsWith('ts-step-vault-fetch-key')) return
  }
  throw new Error(`it ended without that step: ${shown()}`)
}

const lacksParts = lacksTools('registry', 'openbao', 'act', 'buildah', 'cosign3', 'kyverno')

describe.skipIf(lacksParts)('npm run demo, interrupted', () => {
  test.each([
    ['while the job builds', 'SIGINT', 130, buildRuns],
    ['while a link is tampered with', 'SIGHUP', 129, tamperingRuns],
  ] as const)('%s, by %s, stops and removes everything that it started', async (...row) => {
    const [_when, signal, expected, begun] = row
    const demo = startDemo()
    const ended = once(demo.child, 'close')
    await begun(demo)
    demo.child.kill(signal)
    const [exitCode] = await ended
    expect(exitCode, demo.shown()).toBe(expected)
    await expect
      .poll(() => findLeftovers(demo.folder), { timeout: 20_000 })
      .toEqual({ processes: [], mounts: [] })
    expect(readdirSync(demo.folder)).toEqual([])
    expect(existsSync(join(demo.folder, 'report.json'))).toBe(false)
  })
})
