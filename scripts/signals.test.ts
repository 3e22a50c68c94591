import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { findLeftovers, temporaryDirectory } from '@tierseal/test-kit'
import { describe, expect, test } from 'vitest'
import { root } from './root.ts'

/** A checkout with the real way from npm to a program, and one verb that runs the given program. */
function checkoutWith(program: string): string {
  const directory = temporaryDirectory('checkout')
  for (const folder of ['scripts', 'node_modules']) mkdirSync(join(directory, folder))
  for (const file of ['bootstrap.mjs', 'run-step.ts', 'root.ts']) {
    cpSync(join(root, 'scripts', file), join(directory, 'scripts', file))
  }
  for (const name of ['node', '@tierseal']) {
    symlinkSync(join(root, 'node_modules', name), join(directory, 'node_modules', name))
  }
  // Run as the real one runs its verbs.
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const verbScript = scripts.demo.replace(/ demo$/, ' verb')
  const manifest = JSON.stringify({ type: 'module', scripts: { verb: verbScript } })
  for (const file of ['package.json', 'pnpm-lock.yaml']) {
    writeFileSync(join(directory, file), manifest)
  }
  const installed = createHash('sha256').update(manifest).update(manifest).digest('hex')
  writeFileSync(join(directory, 'node_modules', '.tierseal-installed'), installed)
  const verb = `import { runStep } from './run-step.ts'
    process.exitCode = await runStep(process.execPath, ['-e', ${JSON.stringify(program)}])`
  writeFileSync(join(directory, 'scripts', 'verb.ts'), verb)
  return directory
}

interface Ended {
  readonly exitCode: number
  readonly shown: string
  readonly left: readonly string[]
}

/** Runs it, and sends the signal to the first process alone when the program says that it works. */
async function signalTo(
  firstProcess: 'npm' | 'the bootstrap',
  program: string,
  signal: NodeJS.Signals,
  times = 1,
): Promise<Ended> {
  const directory = checkoutWith(program)
  const bootstrap = [process.execPath, join(directory, 'scripts', 'bootstrap.mjs'), 'verb']
  const [path = '', ...args] = firstProcess === 'npm' ? ['npm', 'run', '-s', 'verb'] : bootstrap
  const first = spawn(path, args, { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] })
  let shown = ''
  first.stdout.on('data', (chunk) => {
    const before = shown.includes('working')
    shown += String(chunk)
    if (before || !shown.includes('working')) return
    for (let time = 0; time < times; time++) first.kill(signal)
  })
  const [exitCode] = await once(first, 'close')
  return { exitCode, shown, left: findLeftovers(directory).processes }
}

const busy = "setInterval(() => {}, 1000); console.log('working')"

const tidy = `process.on('SIGTERM', () => {
    console.log('told')
    setTimeout(() => process.exit(7), 300)
  }); ${busy}`

describe('a signal to the first process of npm run', { timeout: 60_000 }, () => {
  test.each([
    ['the bootstrap', 'SIGINT'],
    ['the bootstrap', 'SIGTERM'],
    ['the bootstrap', 'SIGHUP'],
    // npm itself passes on two.
    ['npm', 'SIGINT'],
    ['npm', 'SIGTERM'],
  ] as const)('%s: %s ends the program, is told as 128 + n, and leaves nothing', async (...row) => {
    const [first, signal] = row
    const { exitCode, left } = await signalTo(first, busy, signal)
    expect({ exitCode, left }).toEqual({ exitCode: 128 + constants.signals[signal], left: [] })
  })

  test('is told once however often it is sent, and the program may tidy up', async () => {
    const { exitCode, shown, left } = await signalTo('the bootstrap', tidy, 'SIGTERM', 3)
    expect({ exitCode, shown, left }).toEqual({ exitCode: 7, shown: 'working\ntold\n', left: [] })
  })
})
