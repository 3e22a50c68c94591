import {
  childEnvironment,
  log,
  rareCollections,
  redact,
  rememberChild,
  Tool,
  ToolFailure,
} from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import type { Credentials } from '@tierseal/registry'
import { tryReadBuildInfo } from './build-info.ts'
import { noPlainHttp, withoutBlockedAttempt } from './plain-http.ts'
import { type CosignVersion, parseCosignVersion, versionOfBuild } from './version.ts'

/** One call of cosign. */
export interface CosignCall {
  readonly args: readonly string[]
  /** On top of the few variables that every call gets. */
  readonly environment: Readonly<Record<string, string>>
  readonly credentials: Credentials | undefined
  readonly deadlineAt: number
}

export interface CosignOptions {
  /** Of the program; without it, the one on PATH. */
  readonly path: string | undefined
  /** The folder that it takes for its home; with a folder `docker` in it. */
  readonly home: string
  /** Whether it may speak to the registry without TLS. */
  readonly plainHttp: boolean
}

/** The cosign of the runner image, of a version that is known to keep to itself. */
export class Cosign {
  readonly version: CosignVersion
  readonly #tool: Tool
  readonly #options: CosignOptions

  private constructor(tool: Tool, version: CosignVersion, options: CosignOptions) {
    this.#tool = tool
    this.version = version
    this.#options = options
  }

  /**
   * Finds cosign and proves its version.
   *
   * @throws KnownError TOOL_MISSING, TOOL_VERSION
   */
  static async find(options: CosignOptions): Promise<Cosign> {
    const tool = await Tool.find({ name: 'cosign', path: options.path })
    // A start of cosign is an eighth of what the step costs (docs/decisions/0130-a-version-without-a-start.md).
    const built = versionOfBuild(tryReadBuildInfo(tool.path))
    const version = built ?? parseCosignVersion(await tool.ask(['version', '--json']))
    return new Cosign(tool, version, options)
  }

  /**
   * Runs one command to its end and returns what it printed on stdout.
   *
   * @throws KnownError TOOL_TIMEOUT, DEADLINE_EXCEEDED, or the true cause of its failure
   */
  async run({ args, environment, credentials, deadlineAt }: CosignCall): Promise<string> {
    log.debug(`cosign ${args.join(' ')}`)
    const timeoutMs = deadlineAt - Date.now()
    if (timeoutMs <= 0) throw tooLate(args)
    const env = { ...this.#environment(credentials), ...environment }
    try {
      const onSpawn = rememberChild(this.#options.home)
      const result = await this.#tool.run(args, { env: childEnvironment(env), timeoutMs, onSpawn })
      return result.stdout
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error
      const stderr = withoutBlockedAttempt(error.result.stderr)
      throw diagnose('cosign', { ...error.result, stderr }, 'SIGN_FAILED', redact)
    }
  }

  // What was resolved here goes along by name, and nothing that lies about on the runner: cosign would
  // go on without credentials where it cannot read its docker configuration (facts: cosign.md 6 no. 33).
  #environment(credentials: Credentials | undefined): Readonly<Record<string, string>> {
    const { home, plainHttp } = this.#options
    const isolated = {
      ...rareCollections,
      ...(plainHttp ? {} : noPlainHttp),
      HOME: home,
      DOCKER_CONFIG: `${home}/docker`,
      COSIGN_PASSWORD: '',
    }
    if (credentials === undefined) return isolated
    const { username, password } = credentials
    return {
      ...isolated,
      COSIGN_REGISTRY_USERNAME: username,
      COSIGN_REGISTRY_PASSWORD: password,
    }
  }
}

function tooLate([verb]: readonly string[]): KnownError {
  return new KnownError('DEADLINE_EXCEEDED', `no time was left to start cosign ${verb}`, {
    hint: 'Raise timeout-seconds, or look at what took the time before: the registry, or Vault.',
  })
}
