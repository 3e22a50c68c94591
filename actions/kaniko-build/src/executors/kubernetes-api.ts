import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment, type ProcessResult, runProcess, Tool } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import { isRefusal, lacksRight, lost, ownerAbsent, unseen } from './kubernetes-failures.ts'
import { type PodProgress, podProgress } from './kubernetes-progress.ts'
import type { KubernetesSettings, PodOwner } from './kubernetes-settings.ts'

type Connection = Pick<KubernetesSettings, 'kubectlPath' | 'kubeconfig' | 'namespace'>

/** What stands for the progress of a pod while the API server cannot be asked, as when it restarts. */
interface Unseen {
  readonly state: 'unseen'
  readonly why: string
}

const requestTimeoutMs = 30_000
const pauseMs = 300
// An API server that has just started refuses everybody until it has read its roles.
const refusalMs = 5000

/** The few requests that a build needs, made by kubectl with the runner's own service account. */
export class KubernetesApi {
  readonly #kubectl: Tool
  readonly #base: readonly string[]
  #refusedSince: number | undefined

  private constructor(kubectl: Tool, base: readonly string[]) {
    this.#kubectl = kubectl
    this.#base = base
  }

  /** @throws KnownError TOOL_MISSING */
  static async find({ kubectlPath, kubeconfig, namespace }: Connection): Promise<KubernetesApi> {
    const kubectl = await Tool.find({ name: 'kubectl', path: kubectlPath })
    const base = [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ]
    return new KubernetesApi(kubectl, base)
  }

  /** The program and argv of a kubectl command, for those that stream. */
  command(args: readonly string[]): readonly [string, ...string[]] {
    return [this.#kubectl.path, ...this.#base, ...args]
  }

  /** @throws KnownError POD_REFUSED, with what the API server said */
  async create(manifest: object): Promise<void> {
    const result = await this.#run(['create', '-f', '-'], JSON.stringify(manifest))
    if (result.exitCode === 0) return
    throw new KnownError('POD_REFUSED', `the pod of this build was refused: ${lastLine(result)}`, {
      hint: 'The Role of platform/<tier>/kubernetes/build-pods.yaml is what the runner needs; a pod security standard or a policy names what it refuses.',
    })
  }

  /**
   * Proves that a pod is in the namespace of the builds. Kubernetes takes an owner of another namespace for one that
   * is gone, and deletes what it owns.
   *
   * @throws KnownError POD_OWNER_ABSENT, POD_RIGHT_MISSING; POD_UNSEEN
   */
  async demandOwner({ name, uid }: PodOwner): Promise<void> {
    const result = await this.#read(['get', 'pod', name, '-o', 'jsonpath={.metadata.uid}'])
    if (result.exitCode === 0 && result.stdout.trim() === uid) return
    if (result.exitCode === 0 || isAbsent(result)) throw ownerAbsent(name, uid)
    throw unseen(name, lastLine(result))
  }

  /**
   * How far the pod is, or why the API server could not be asked just now.
   *
   * @throws KnownError POD_RIGHT_MISSING
   */
  async progress(name: string, container: string): Promise<PodProgress | Unseen> {
    const result = await this.#read(['get', 'pod', name, '-o', 'json'])
    if (result.exitCode === 0) return podProgress(JSON.parse(result.stdout), container)
    if (isAbsent(result)) return { state: 'failed', why: deleted }
    return { state: 'unseen', why: lastLine(result) }
  }

  /**
   * Everything that a container said.
   *
   * @param deadline until when it is asked for, in milliseconds of the clock
   * @throws KnownError POD_RIGHT_MISSING, POD_LOST; POD_UNSEEN where it is not had by then
   */
  async logs(name: string, container: string, deadline: number): Promise<string> {
    for (;;) {
      const result = await this.#read(['logs', name, '-c', container])
      if (result.exitCode === 0) return result.stdout
      if (isAbsent(result)) throw lost(name, deleted)
      if (Date.now() > deadline) throw unseen(name, lastLine(result))
      await sleep(pauseMs)
    }
  }

  /** Deletes the pod; one that is gone is as good. Returns whether the API server agreed. */
  async remove(name: string): Promise<boolean> {
    const options = ['--wait=false', '--ignore-not-found', '--grace-period=1']
    return (await this.#run(['delete', 'pod', name, ...options])).exitCode === 0
  }

  async #read(args: readonly string[]): Promise<ProcessResult> {
    const result = await this.#run(args)
    const refused = result.exitCode !== 0 && isRefusal(result.stderr)
    this.#refusedSince = refused ? (this.#refusedSince ?? Date.now()) : undefined
    const refusedMs = Date.now() - (this.#refusedSince ?? Date.now())
    if (refusedMs >= refusalMs) throw lacksRight(lastLine(result))
    return result
  }

  #run(args: readonly string[], input?: string): Promise<ProcessResult> {
    const [program, ...rest] = this.command(args)
    const options = { env: kubectlEnvironment(), timeoutMs: requestTimeoutMs }
    return runProcess(program, rest, input === undefined ? options : { ...options, input })
  }
}

/** In a pod, kubectl finds the API server by these two. */
export function kubectlEnvironment(): Record<string, string> {
  const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env
  return childEnvironment({ KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT })
}

const deleted = 'the pod was deleted'

function isAbsent({ stderr }: ProcessResult): boolean {
  return /\(NotFound\)/.test(stderr)
}

function lastLine({ stderr, timedOut }: ProcessResult): string {
  if (timedOut) return `the API server did not answer within ${requestTimeoutMs / 1000} s`
  return stderr.trim().split('\n').at(-1) ?? ''
}
