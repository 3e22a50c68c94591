import {
  type ProcessResult,
  type RunOptions,
  redact,
  rememberChild,
  runProcess,
  type Tool,
} from '@tierseal/action-kit'
import { diagnose, quote } from '@tierseal/diagnosis'
import { KnownError } from '@tierseal/errors'
import type { PinDeadline } from '../pin-deadline.ts'
import { offlineEnvironment, onlineEnvironment, type Patience } from './git-environment.ts'
import type { GitRemote } from './remote.ts'

export interface GitOptions {
  readonly tool: Tool
  readonly remote: GitRemote
  readonly deadline: PinDeadline
  /** The step's own folder: HOME of git, and where running children are written down for post. */
  readonly home: string
}

export interface LocalOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Instead of what the step has left. */
  readonly timeoutMs?: number
}

export interface OnlineOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly patience?: Patience
}

const commandMs = 120_000

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
  ask(args: readonly string[], options: LocalOptions = {}): Promise<ProcessResult> {
    const env = { ...offlineEnvironment(this.#options.home), ...options.env }
    return this.#spawn(args, { timeoutMs: this.#leftMs(), ...options, env })
  }

  /**
   * Runs a command that stays on this machine; returns its stdout.
   *
   * @throws KnownError GIT_FAILED, as for a tree that git refuses to read; DEADLINE_EXCEEDED
   */
  async local(args: readonly string[], options: LocalOptions = {}): Promise<string> {
    const result = await this.ask(args, options)
    if (result.exitCode === 0) return result.stdout
    if (result.timedOut) throw this.#options.deadline.exceeded()
    throw new KnownError('GIT_FAILED', quote('git', result, redact))
  }

  /** Runs a command that may reach the remote, and gives whatever came of it. */
  online(args: readonly string[], { env, patience }: OnlineOptions = {}): Promise<ProcessResult> {
    const { home, remote, deadline } = this.#options
    const timeoutMs = patience === 'long' ? deadline.demandRemainingMs() : this.#leftMs()
    return this.#spawn(args, {
      env: { ...onlineEnvironment(home, remote, patience), ...env },
      timeoutMs,
    })
  }

  /** What the result of a command that reached for the remote means where it is a failure. */
  explain({ timedOut, ...result }: ProcessResult): KnownError {
    const { url } = this.remote
    if (timedOut) {
      return new KnownError('DEADLINE_EXCEEDED', `git was not done in time with ${url}`, {
        hint: 'A slow hook of the server and a firewall that drops packets look alike: check the server and the route, or raise timeout-seconds.',
      })
    }
    return diagnose('git', result, 'GIT_FAILED', redact)
  }

  #spawn(
    args: readonly string[],
    options: Pick<RunOptions, 'env' | 'input' | 'timeoutMs'>,
  ): Promise<ProcessResult> {
    const { tool, home } = this.#options
    return runProcess(tool.path, args, { ...options, cwd: home, onSpawn: rememberChild(home) })
  }

  #leftMs(): number {
    return Math.min(this.#options.deadline.demandRemainingMs(), commandMs)
  }
}
