import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { log, makeTemporaryDirectory, Tool, ToolFailure } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import type { BuildRequest } from '../build-request.ts'
import { readAbilities } from '../kaniko/abilities.ts'
import { logEngineLine } from '../log-line.ts'
import { contextFiles } from './dockerignore.ts'
import type { Executor, KanikoAbilities, KanikoEvidence, KanikoLayout } from './executor.ts'
import { KubernetesApi } from './kubernetes-api.ts'
import { buildPod, containerName, podLayout, probePod } from './kubernetes-pod.ts'
import type { PodProgress } from './kubernetes-progress.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'
import { rememberPod } from './kubernetes-state.ts'
import { followLines, pipeInto } from './kubernetes-streams.ts'

type Ended = Extract<PodProgress, { state: 'ended' }>

const pollMs = 300

/**
 * Runs kaniko in a pod of its own: the context goes in over stdin, the digest comes out as the container's
 * termination message, which Kubernetes keeps with the exit code.
 */
export class KubernetesExecutor implements Executor {
  readonly name = 'kubernetes'
  readonly recordsPushes = false
  readonly layout: KanikoLayout
  readonly #api: KubernetesApi
  readonly #settings: KubernetesSettings
  readonly #program: string
  readonly #pods = new Set<string>()

  private constructor(api: KubernetesApi, settings: KubernetesSettings, program: string) {
    this.#api = api
    this.#settings = settings
    this.#program = program
    this.layout = podLayout(settings)
  }

  /**
   * @param program kaniko's path in the image
   * @throws KnownError TOOL_MISSING
   */
  static async create(settings: KubernetesSettings, program: string): Promise<KubernetesExecutor> {
    await Tool.find({ name: 'tar' })
    return new KubernetesExecutor(await KubernetesApi.find(settings), settings, program)
  }

  // What a pod needs was asked of the inputs, and what it mounts is there already.
  async open(): Promise<void> {}

  async probe(): Promise<KanikoAbilities> {
    const name = this.#newPod('probe')
    const plan = { name, program: this.#program, deadlineSeconds: 120, settings: this.#settings }
    await this.#api.create(probePod(plan))
    await this.#untilEnded(name, 'version', Date.now() + 120_000)
    await this.#untilEnded(name, 'help', Date.now() + 120_000)
    const [version, help] = [
      await this.#api.logs(name, 'version'),
      await this.#api.logs(name, 'help'),
    ]
    await this.#remove(name)
    return readAbilities(version, help)
  }

  async run(args: readonly string[], request: BuildRequest): Promise<KanikoEvidence> {
    const name = this.#newPod('build')
    const deadline = Date.now() + request.timeoutMs
    const deadlineSeconds = Math.ceil(request.timeoutMs / 1000)
    const plan = { name, program: this.#program, args, deadlineSeconds, settings: this.#settings }
    await this.#api.create(buildPod(plan))
    log.info(`pod ${name} is created`)
    await this.#untilRunning(name, deadline)
    const logs = followLines(this.#api.command(['logs', '--follow', name]), logEngineLine)
    const attach = ['attach', '--stdin', '--quiet', `--container=${containerName}`, name]
    const context = pipeInto(contextArchive(request), this.#api.command(attach))
    const sent = context.done.then(() => undefined, messageOf)
    try {
      const end = await this.#untilEnded(name, containerName, deadline)
      await Promise.race([logs.done, sleep(5000)])
      if (end.exitCode !== 0)
        throw await failure(name, end, sent, await this.#api.logs(name, containerName))
      return { digestText: end.message, pushRecord: undefined }
    } finally {
      context.end()
      logs.end()
    }
  }

  async close(): Promise<void> {
    for (const name of this.#pods) await this.#remove(name)
  }

  // Remembered before it exists, so that post finds it whenever main is killed.
  #newPod(purpose: string): string {
    const name = `tierseal-${purpose}-${randomBytes(6).toString('hex')}`
    this.#pods.add(name)
    rememberPod(name, this.#settings)
    return name
  }

  async #remove(name: string): Promise<void> {
    if (await this.#api.remove(name)) this.#pods.delete(name)
    else log.warning(`pod ${name} could not be deleted; its deadline ends it`)
  }

  async #untilRunning(name: string, deadline: number): Promise<void> {
    let told = ''
    for (;;) {
      const progress = await this.#api.progress(name, containerName)
      if (progress?.state === 'running' || progress?.state === 'ended') return
      if (progress?.state === 'failed') throw lost(name, progress.why)
      if (progress?.hopeless === true) throw notStarted(name, progress.why)
      if (progress !== undefined && progress.why !== told) log.info(`pod ${name}: ${progress.why}`)
      told = progress?.why ?? told
      if (Date.now() > deadline) throw notStarted(name, told)
      await sleep(pollMs)
    }
  }

  async #untilEnded(name: string, container: string, deadline: number): Promise<Ended> {
    for (;;) {
      const progress = await this.#api.progress(name, container)
      if (progress?.state === 'ended') return progress
      if (progress?.state === 'waiting' && progress.hopeless) throw notStarted(name, progress.why)
      const overdue = Date.now() > deadline + 10_000
      if (overdue || (progress?.state === 'failed' && /DeadlineExceeded/.test(progress.why))) {
        throw new KnownError('TOOL_TIMEOUT', `pod ${name} reached its deadline and was ended`, {
          hint: 'See in its log what it waited for; raise timeout-seconds only if it was working.',
        })
      }
      if (progress?.state === 'failed') throw lost(name, progress.why)
      await sleep(pollMs)
    }
  }
}

// tar reads the list from a file, because it may be longer than an argv; kaniko wants it gzipped.
function contextArchive({ context, dockerfile }: BuildRequest): readonly [string, ...string[]] {
  const list = join(makeTemporaryDirectory('context'), 'files')
  writeFileSync(
    list,
    contextFiles(context, dockerfile)
      .map((path) => `${path}\0`)
      .join(''),
  )
  const names = ['--null', '--no-recursion', '--verbatim-files-from', `--files-from=${list}`]
  const plain = ['--owner=0', '--group=0', '--numeric-owner']
  return ['tar', '--create', '--gzip', ...plain, `--directory=${context}`, ...names]
}

async function failure(
  name: string,
  end: Ended,
  sent: Promise<string | undefined>,
  stdout: string,
): Promise<Error> {
  if (end.why === 'OOMKilled') {
    return new KnownError(
      'POD_LOST',
      `pod ${name} was killed for using more memory than its limit`,
      {
        hint: 'Raise limits.memory in kubernetes-resources.',
      },
    )
  }
  const broken = await Promise.race([sent, sleep(1000)])
  if (typeof broken === 'string') log.warning(`sending the context: ${broken}`)
  const result = { exitCode: end.exitCode, signal: undefined, timedOut: false, stdout, stderr: '' }
  return new ToolFailure('kaniko', [], result)
}

function notStarted(name: string, why: string): KnownError {
  return new KnownError('POD_NOT_STARTED', `pod ${name} does not start: ${why}`, {
    hint: 'Look at kubernetes-image, the names of its Secrets and ConfigMaps, and the room on the nodes.',
  })
}

function lost(name: string, why: string): KnownError {
  return new KnownError('POD_LOST', `pod ${name} ended without a result: ${why}`, {
    hint: 'Nothing is known of what it pushed; build again.',
  })
}
