import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { log, Tool, ToolFailure } from '@tierseal/action-kit'
import { KnownError, messageOf } from '@tierseal/errors'
import type { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'
import { readAbilities } from '../kaniko/abilities.ts'
import { plainHttpGuard } from '../kaniko/plain-http.ts'
import { logEngineLine } from '../log-line.ts'
import type { Executor, KanikoAbilities, KanikoEvidence, KanikoLayout } from './executor.ts'
import { KubernetesApi } from './kubernetes-api.ts'
import { cloneContainerName, explainClone } from './kubernetes-clone.ts'
import { SentContext } from './kubernetes-context.ts'
import { failed, notStarted, overdue, unseen } from './kubernetes-failures.ts'
import { buildPod, containerName, podLayout, probePod } from './kubernetes-pod.ts'
import type { PodProgress } from './kubernetes-progress.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'
import { rememberPod } from './kubernetes-state.ts'
import { followLines } from './kubernetes-streams.ts'

type Ended = Extract<PodProgress, { state: 'ended' }>

const pollMs = 300
// A question is no build: of the build's time it gets no more than this.
const probeMostMs = 120_000
const lastWordsMs = 10_000

/**
 * Runs kaniko in a pod of its own: the context goes in over stdin or is cloned there, the digest comes out as the container's
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

  // What a pod mounts is there already.
  async open(): Promise<void> {
    const { owner } = this.#settings
    if (owner !== undefined) await this.#api.demandOwner(owner)
  }

  async probe({ remainingMs }: BuildDeadline): Promise<KanikoAbilities> {
    const name = this.#newPod('probe')
    const timeoutMs = Math.min(remainingMs, probeMostMs)
    const deadline = Date.now() + timeoutMs
    const deadlineSeconds = Math.ceil(timeoutMs / 1000)
    const plan = { name, program: this.#program, deadlineSeconds, settings: this.#settings }
    await this.#api.create(probePod(plan))
    await this.#untilEnded(name, 'version', deadline)
    await this.#untilEnded(name, 'help', deadline)
    const [version, help] = [
      await this.#api.logs(name, 'version', deadline),
      await this.#api.logs(name, 'help', deadline),
    ]
    await this.#remove(name)
    return readAbilities(version, help)
  }

  async run(args: readonly string[], request: BuildRequest): Promise<KanikoEvidence> {
    const name = this.#newPod('build')
    const deadline = request.deadline.at
    const deadlineSeconds = Math.ceil(request.deadline.remainingMs / 1000)
    const env = plainHttpGuard(request, { dockerfileHere: this.#settings.git === undefined })
    const plan = { name, program: this.#program, args, env, deadlineSeconds }
    await this.#api.create(buildPod({ ...plan, settings: this.#settings }))
    log.info(`pod ${name} is created`)
    await this.#untilCloned(name, deadline)
    await this.#untilRunning(name, containerName, deadline)
    const follow = ['logs', '--follow', `--container=${containerName}`, name]
    const logs = followLines(this.#api.command(follow), logEngineLine)
    const context =
      this.#settings.git === undefined ? SentContext.start(this.#api, name, request) : undefined
    try {
      const end = await this.#untilEnded(name, containerName, deadline, context)
      await Promise.race([logs.done, sleep(5000)])
      if (end.exitCode !== 0) throw await this.#failure(name, end, context)
      return { digestText: end.message, pushRecord: undefined }
    } finally {
      context?.end()
      logs.end()
    }
  }

  async close(): Promise<void> {
    for (const name of this.#pods) await this.#remove(name)
  }

  async #untilCloned(name: string, deadline: number): Promise<void> {
    const { git } = this.#settings
    if (git === undefined) return
    await this.#untilRunning(name, cloneContainerName, deadline)
    const { exitCode } = await this.#untilEnded(name, cloneContainerName, deadline)
    const said = await this.#lastWords(name, cloneContainerName)
    if (exitCode !== 0) throw explainClone(git, exitCode, said)
    for (const line of said.trimEnd().split('\n')) logEngineLine(line)
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

  // They only explain an end that is known: where they cannot be had, why not stands in their place.
  #lastWords(name: string, container: string): Promise<string> {
    return this.#api.logs(name, container, Date.now() + lastWordsMs).catch(messageOf)
  }

  async #untilRunning(name: string, container: string, deadline: number): Promise<void> {
    let told = ''
    for (;;) {
      const progress = await this.#api.progress(name, container)
      if (progress.state === 'running' || progress.state === 'ended') return
      if (progress.state === 'failed') throw failed(name, progress.why)
      const { state, why } = progress
      if (state === 'waiting' && progress.hopeless) throw notStarted(name, why)
      if (why !== told) log.info(`pod ${name}: ${why}`)
      told = why
      if (Date.now() > deadline) throw (state === 'unseen' ? unseen : notStarted)(name, why)
      await sleep(pollMs)
    }
  }

  async #untilEnded(
    name: string,
    container: string,
    deadline: number,
    context?: SentContext,
  ): Promise<Ended> {
    for (;;) {
      const progress = await this.#api.progress(name, container)
      if (progress.state === 'ended') return progress
      // A pod that no node takes has no kubelet that would end it at its own deadline.
      if (progress.state === 'waiting' && (progress.hopeless || Date.now() > deadline)) {
        throw notStarted(name, progress.why)
      }
      if (progress.state === 'failed') throw failed(name, progress.why, await context?.failure())
      const late = Date.now() > deadline + 10_000
      if (late && progress.state === 'unseen') throw unseen(name, progress.why)
      if (late) throw overdue(name, await context?.failure())
      if (progress.state === 'running') context?.demandComing()
      await sleep(pollMs)
    }
  }

  async #failure(name: string, end: Ended, context: SentContext | undefined): Promise<Error> {
    if (end.why === 'OOMKilled') return outOfMemory(name)
    const unsent = await context?.failure()
    if (unsent !== undefined) log.warning(`sending the context: ${unsent}`)
    const stdout = await this.#lastWords(name, containerName)
    const { exitCode } = end
    const result = { exitCode, signal: undefined, timedOut: false, stdout, stderr: '' }
    return new ToolFailure('kaniko', [], result)
  }
}

function outOfMemory(name: string): KnownError {
  return new KnownError('POD_LOST', `pod ${name} was killed for using more memory than its limit`, {
    hint: 'Raise limits.memory in kubernetes-resources.',
  })
}
