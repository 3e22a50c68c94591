import { join } from 'node:path'
import {
  childEnvironment,
  proxyOfNobody,
  redact,
  rememberChild,
  type Tool,
  ToolFailure,
} from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import type { PinDeadline } from '../pin-deadline.ts'
import { type Command, inOwnNetwork } from './own-network.ts'

export interface KustomizeOptions {
  readonly tool: Tool
  readonly deadline: PinDeadline
  /** The step's own folder: HOME of kustomize, and where running children are written down for post. */
  readonly home: string
}

/** kustomize, kept from the network, from plugins and from every other program. */
export class Kustomize {
  readonly #options: KustomizeOptions
  readonly #command: Command

  private constructor(options: KustomizeOptions, command: Command) {
    this.#options = options
    this.#command = command
  }

  /**
   * @throws KnownError TOOL_VERSION for a kustomize before 5, which reads overlays differently
   */
  static async open(options: KustomizeOptions): Promise<Kustomize> {
    const text = (await options.tool.ask(['version'])).trim()
    const major = /v(\d+)\./.exec(text)?.[1]
    if (major !== undefined && Number(major) >= 5) {
      return new Kustomize(options, await inOwnNetwork(options.tool))
    }
    throw new KnownError('TOOL_VERSION', `${options.tool.path} is ${text}; v5 or newer is needed`, {
      hint: 'Install kustomize v5 in the runner image.',
    })
  }

  /**
   * What the overlay renders to.
   *
   * @param root the folder that the overlay's path starts from
   * @throws KnownError PIN_BUILD_FAILED, DEADLINE_EXCEEDED, TOOL_TIMEOUT and the codes of kustomize's known failures
   */
  async build(root: string, overlay: string): Promise<string> {
    const { deadline, home } = this.#options
    const { tool, prefix } = this.#command
    try {
      const result = await deadline.within(60_000, (timeoutMs) =>
        tool.run([...prefix, 'build', join(root, overlay)], {
          env: isolated(home),
          cwd: home,
          timeoutMs,
          onSpawn: rememberChild(home),
        }),
      )
      return whole(result.stdout, overlay)
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error
      throw explain(error, overlay, root)
    }
  }
}

// References that are visible as remote were refused before. Where there is no network namespace, nothing is on PATH, so
// that no git is run for a remote base, and no proxy listens, so that nothing but loopback could be read.
function isolated(home: string): Record<string, string> {
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']
  return childEnvironment({
    PATH: '/nonexistent',
    HOME: home,
    XDG_CONFIG_HOME: home,
    TMPDIR: home,
    ...Object.fromEntries(proxies.map((name) => [name, proxyOfNobody])),
  })
}

function explain({ result }: ToolFailure, overlay: string, root: string): KnownError {
  const hide = (text: string): string => redact(text.replaceAll(`${root}/`, ''))
  const error = diagnose('kustomize', result, 'PIN_BUILD_FAILED', hide)
  return new KnownError(error.code, `kustomize build ${overlay}: ${error.message}`, {
    hint: error.hint ?? 'Run kustomize build on the overlay and correct what it says.',
  })
}

// runProcess keeps the last 4 MiB; a longer rendering would have lost its head.
function whole(text: string, overlay: string): string {
  if (Buffer.byteLength(text) < 4 * 1024 * 1024) return text
  throw new KnownError('PIN_FILE_TOO_LARGE', `${overlay} renders to more than 4 MiB`, {
    hint: 'Split the overlay; a pin must be able to compare everything that it renders.',
  })
}
