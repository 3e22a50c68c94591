import {
  type ProcessResult,
  redact,
  rememberChild,
  runProcess,
  type Tool,
} from '@tierseal/action-kit'
import { diagnose } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import type { Deadline } from '../deadline.ts'
import { offlineEnvironment, onlineEnvironment } from './git-environment.ts'
import type { GitRemote } from './remote.ts'

export interface GitOptions {
  readonly tool: Tool
  readonly remote: GitRemote
  readonly deadline: Deadline
  /** The step's own folder: HOME of git, and where running children are written down for post. */
  readonly home: string
}

export interface LocalOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** git as this step uses it: one command each for what is local and what reaches the remote. */
export class Git {
  readonly remote: GitRemote
  readonly #options: GitOptions

  private constructor(options: GitOptions) {
    this.#options = options
    this.remote = options.remote
  }

  /**
   * Git, after its version is known to be one that reads configuration from the environment.
   *
   * @throws KnownError TOOL_VERSION
   */
  static async open(options: GitOptions): Promise<Git> {
    const text = (await options.tool.ask(['version'])).trim()
    const [, major = '0', minor = '0'] = /git version (\d+)\.(\d+)/.exec(text) ?? []
    if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 31)) return new Git(options)
    throw new KnownError(
      'TOOL_VERSION',
      `${options.tool.path} is ${text}; 2.31 or newer is needed`,
      {
        hint: 'Older versions of git would need the token in a file or in the command line.',
      },
    )
  }

  /** The same git for another remote. */
  to(remote: GitRemote): Git {
    return new Git({ ...this.#options, remote })
  }

  /** Runs a command that stays on this machine, and gives whatever came of it. */
  ask(args: readonly string[], { env, input }: LocalOptions = {}): Promise<ProcessResult> {
    return this.#spawn(args, { ...offlineEnvironment(this.#options.home), ...env }, input)
  }

  /**
   * Runs a command that stays on this machine; returns its stdout.
   *
   * @throws KnownError GIT_FAILED, as for a tree that git refuses to read
   */
  async local(args: readonly string[], options: LocalOptions = {}): Promise<string> {
    const result = await this.ask(args, options)
    if (result.exitCode === 0) return result.stdout
    throw this.explain(result)
  }

  /** Runs a command that may reach the remote, and gives whatever came of it. */
  online(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ProcessResult> {
    const { home, remote } = this.#options
    return this.#spawn(args, { ...onlineEnvironment(home, remote), ...env }, undefined)
  }

  /** What such a result means where it is a failure. */
  explain({ timedOut, ...result }: ProcessResult): KnownError {
    const { url } = this.remote
    if (timedOut) {
      return new KnownError('DEADLINE_EXCEEDED', `git was not done in time with ${url}`, {
        hint: 'A firewall that drops packets looks like this; check the route, then the server.',
      })
    }
    return diagnose('git', result, 'GIT_FAILED', redact)
  }

  #spawn(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    input: string | undefined,
  ): Promise<ProcessResult> {
    const { tool, deadline, home } = this.#options
    return runProcess(tool.path, args, {
      env,
      cwd: home,
      timeoutMs: Math.min(deadline.remainingMs(), 120_000),
      onSpawn: rememberChild(home),
      ...(input === undefined ? {} : { input }),
    })
  }
}
