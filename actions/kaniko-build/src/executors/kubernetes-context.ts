import { setTimeout as sleep } from 'node:timers/promises'
import { KnownError, messageOf } from '@tierseal/errors'
import type { BuildRequest } from '../build-request.ts'
import { contextArchive } from './context-archive.ts'
import type { KubernetesApi } from './kubernetes-api.ts'
import { isRefusal, lacksRight } from './kubernetes-failures.ts'
import { containerName } from './kubernetes-pod.ts'
import { type Pipe, pipeInto } from './kubernetes-streams.ts'

/** How the sending of a context failed: tar, which reads it, or attach, which carries it into the pod. */
interface Break {
  readonly by: 'tar' | 'attach'
  /** How long it had run. */
  readonly afterMs: number
  readonly why: string
}

// An attach that the API server or a proxy refuses ends at once; a longer one was open.
const openingMs = 10_000
// Kaniko may end by itself, and attach say why tar could not go on: both get this long.
const graceMs = 5000

/** The context on its way into the pod that builds. */
export class SentContext {
  readonly #pod: string
  readonly #pipe: Pipe
  readonly #startedAt = Date.now()
  readonly #settled: Promise<unknown>
  #broken: Break | undefined

  private constructor(pod: string, pipe: Pipe) {
    this.#pod = pod
    this.#pipe = pipe
    // Tar fails too where nobody reads on, so what attach says counts more.
    const read = pipe.source.catch((error) => {
      this.#broken ??= this.#breakBy('tar', error)
    })
    const carried = pipe.target.catch((error) => {
      this.#broken = this.#breakBy('attach', error)
    })
    this.#settled = Promise.all([read, carried])
  }

  /** Starts to send; a failure is told by the two questions below. */
  static start(api: KubernetesApi, pod: string, request: BuildRequest): SentContext {
    const attach = ['attach', '--stdin', '--quiet', `--container=${containerName}`, pod]
    return new SentContext(pod, pipeInto(contextArchive(request), api.command(attach)))
  }

  /**
   * To be asked again and again while kaniko runs, which waits for a context without end.
   *
   * @throws KnownError POD_RIGHT_MISSING, CONTEXT_NOT_SENT
   */
  demandComing(): void {
    const broken = this.#broken
    if (broken === undefined || !leavesKanikoWaiting(broken)) return
    if (Date.now() - this.#startedAt - broken.afterMs < graceMs) return
    throw notSent(this.#pod, broken)
  }

  /** Why sending failed, if it did; asked when kaniko has ended, so it waits a second at the most. */
  async failure(): Promise<string | undefined> {
    await Promise.race([this.#settled, sleep(1000)])
    return this.#broken?.why
  }

  /** Kills what still sends. */
  end(): void {
    this.#pipe.end()
  }

  #breakBy(by: Break['by'], error: unknown): Break {
    return { by, afterMs: Date.now() - this.#startedAt, why: messageOf(error) }
  }
}

/**
 * Whether kaniko waits for a context that will never come. It does not where attach was open once: kubelet
 * closes kaniko's stdin when it breaks, so that kaniko either has the whole context and builds on, as when the
 * API server restarts or a proxy cuts an idle connection, or ends with the failure of a part.
 */
export function leavesKanikoWaiting({ by, afterMs }: Pick<Break, 'by' | 'afterMs'>): boolean {
  return by === 'tar' || afterMs < openingMs
}

function notSent(pod: string, { by, why }: Break): KnownError {
  if (by === 'attach' && isRefusal(why)) return lacksRight(why)
  return new KnownError('CONTEXT_NOT_SENT', `the context did not get into pod ${pod}: ${why}`, {
    hint:
      by === 'tar'
        ? 'Let the runner read every file of the context, or leave it out with .dockerignore; nothing may change there meanwhile.'
        : 'What stands before the API server must let upgraded connections pass (websocket or SPDY). A context of kubernetes-git-repository needs none.',
  })
}
