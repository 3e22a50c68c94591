import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment, killProcess, runProcess } from '@tierseal/action-kit'
import { type Containment, contained } from './containment.ts'

const startTimeoutMs = 10_000

/**
 * Namespaces that several commands of one build enter, one after the other, and in which the runner's
 * root is read-only but for the build's own folder. A sleeping first process holds them; when this
 * action dies it dies, and the kernel ends everything in them.
 */
export class BuildNamespaces {
  readonly #holder: number
  readonly #init: number
  #unprotected: string | undefined

  private constructor(holder: number, init: number) {
    this.#holder = holder
    this.#init = init
  }

  /**
   * Opens them; undefined where this runner does not allow it.
   *
   * @param writable the folder that stays writable
   */
  static async open(
    containment: Containment,
    writable: string,
  ): Promise<BuildNamespaces | undefined> {
    if (containment !== 'namespaces') return undefined
    const holder = startHolder(containment)
    if (holder === undefined) return undefined
    const init = await waitForInit(holder)
    if (init === undefined) {
      killProcess(holder)
      return undefined
    }
    const namespaces = new BuildNamespaces(holder, init)
    await namespaces.#protectRoot(writable)
    return namespaces
  }

  /** Why the runner's root is not read-only inside; undefined where it is. */
  get unprotected(): string | undefined {
    return this.#unprotected
  }

  /** The argv that runs a command inside. */
  entering(command: readonly string[]): readonly string[] {
    return ['nsenter', '--target', String(this.#init), '--mount', '--pid', '--', ...command]
  }

  /** Ends every process and mount inside; the holder takes the first process with it. */
  close(): void {
    for (const pid of [this.#holder, this.#init]) killProcess(pid)
  }

  async #protectRoot(writable: string): Promise<void> {
    const steps = [
      ...bindTemporary(writable),
      ['mount', '--bind', writable, writable],
      ['mount', '-o', 'remount,bind,ro', '/'],
    ]
    for (const step of steps) {
      const [program = '', ...args] = this.entering(step)
      const options = { env: childEnvironment(), timeoutMs: startTimeoutMs }
      const { exitCode } = await runProcess(program, args, options)
      if (exitCode === 0) continue
      this.#unprotected = `${step.join(' ')} is refused here`
      return
    }
  }
}

// buildah reads configurations of a cache by way of /var/tmp, whatever TMPDIR says.
function bindTemporary(writable: string): readonly string[][] {
  const place = '/var/tmp'
  if (!existsSync(place)) return []
  if (writable.startsWith(`${place}/`)) return [['mount', '--bind', place, place]]
  const own = join(writable, 'var-tmp')
  mkdirSync(own, { mode: 0o700 })
  return [['mount', '--bind', own, place]]
}

function startHolder(containment: Containment): number | undefined {
  const command = contained(containment, ['sleep', 'infinity'], '/proc')
  const [program = '', ...args] = command
  const child = spawn(program, args, { env: childEnvironment(), stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
  return child.pid
}

// The first process of the namespaces is there when it has become the sleeper: its /proc is then mounted.
async function waitForInit(holder: number): Promise<number | undefined> {
  const deadlineAt = Date.now() + startTimeoutMs
  while (Date.now() < deadlineAt) {
    const [init] = readProc(`/proc/${holder}/task/${holder}/children`).split(' ')
    if (init !== undefined && readProc(`/proc/${init}/cmdline`).startsWith('sleep')) {
      return Number(init)
    }
    await sleep(10)
  }
  return undefined
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
