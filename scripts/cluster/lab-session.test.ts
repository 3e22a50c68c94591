import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../root.ts'

interface Ended {
  readonly exitCode: number
  readonly shown: string
}

/** Runs the work in a process of its own as if it had the lab; the signal is sent when the work says so. */
async function workOnLab(work: string, keep: boolean, signal?: NodeJS.Signals): Promise<Ended> {
  const module = join(root, 'scripts', 'cluster', 'lab-session.ts')
  // As the bench, which ends by its exit handlers where nobody holds its signals.
  const program = `const { withLab } = await import(${JSON.stringify(module)})
    const { endInOrder } = await import('@tierseal/test-kit')
    endInOrder()
    process.exitCode = await withLab(${keep}, async () => { ${work} }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      console.log('down')
      return true
    })`
  const flags = ['--conditions=source', '--input-type=module']
  const child = spawn(process.execPath, [...flags, '-e', program], {
    cwd: root,
    // No lab is touched, so none has to be waited for.
    env: { ...process.env, TIERSEAL_LAB_HELD: 'by the test' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let shown = ''
  child.stdout.on('data', (chunk) => {
    shown += String(chunk)
    // Twice, as a terminal and npm do.
    if (signal !== undefined && shown.endsWith('working\n')) {
      child.kill(signal)
      setTimeout(() => child.kill(signal), 100)
    }
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode, shown }
}

const working = `console.log('working'); await new Promise((resolve) => setTimeout(resolve, 400)); return 1`

describe('the lab of a run', () => {
  test('is new when the work begins, and down after it', async () => {
    const { exitCode, shown } = await workOnLab(`console.log('working'); return 1`, false)
    expect({ exitCode, shown }).toEqual({ exitCode: 1, shown: 'down\nworking\ndown\n' })
  }, 60_000)

  test('is down after work that throws', async () => {
    const { exitCode, shown } = await workOnLab(`throw new Error('thrown')`, false)
    expect({ exitCode, shown }).toEqual({ exitCode: 1, shown: 'down\ndown\n' })
  }, 60_000)

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'is down after %s, which is no failure of the work',
    async (signal, exitCode) => {
      const ended = await workOnLab(working, false, signal)
      expect(ended).toEqual({ exitCode, shown: 'down\nworking\ndown\n' })
    },
    60_000,
  )

  test('stays where it is to be kept', async () => {
    const ended = await workOnLab(working, true, 'SIGINT')
    expect(ended).toEqual({ exitCode: 130, shown: 'working\n' })
  }, 60_000)
})
