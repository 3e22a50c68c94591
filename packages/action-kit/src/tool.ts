import { accessSync, constants, statSync } from 'node:fs'
import { KnownError } from '@tierseal/errors'
import { askProgram } from './ask.ts'
import { type ProcessResult, type RunOptions, runProcess } from './process.ts'

// Far more than any program needs to tell its version, on the slowest runner too.
const answerMs = 30_000

export interface ToolOptions {
  /** The program's name on PATH, such as `cosign`. */
  readonly name: string
  /** From the `<tool>-path` input; instead of PATH. */
  readonly path?: string | undefined
}

/** A program that ended with a failure. Its exit code alone decided that; the text only explains. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure'
  readonly tool: string
  readonly args: readonly string[]
  readonly result: ProcessResult

  constructor(tool: string, args: readonly string[], result: ProcessResult) {
    super(`${tool} ${args[0] ?? ''} ended with ${endOf(result)}`)
    this.tool = tool
    this.args = args
    this.result = result
  }
}

/** One program of the runner image, found before any work is done. */
export class Tool {
  readonly name: string
  readonly path: string

  private constructor(name: string, path: string) {
    this.name = name
    this.path = path
  }

  /**
   * Finds the program on PATH or at the given path.
   *
   * @throws KnownError TOOL_MISSING
   */
  static async find({ name, path }: ToolOptions): Promise<Tool> {
    if (path !== undefined) return new Tool(name, executableAt(name, path))
    const { which } = await import(/* webpackMode: "eager" */ './toolkit.ts')
    const found = await which(name)
    if (found !== '') return new Tool(name, found)
    throw new KnownError('TOOL_MISSING', `${name} is not on PATH of this runner`, {
      hint: `Install ${name} in the runner image, or name it with the input ${name}-path. Actions download nothing.`,
    })
  }

  /**
   * What the program prints on stdout for a quick question, such as its version.
   *
   * @throws KnownError TOOL_TIMEOUT; TOOL_FAILED on any exit code but 0, as of a program for another machine
   */
  async ask(args: readonly string[], timeoutMs = answerMs): Promise<string> {
    const result = await askProgram(this.path, args, timeoutMs)
    try {
      return this.#demandSuccess(args, timeoutMs, result).stdout
    } catch (error) {
      throw error instanceof ToolFailure ? this.#noAnswer(error) : error
    }
  }

  /**
   * Runs the program to its end.
   *
   * @throws KnownError TOOL_TIMEOUT where the deadline passed; ToolFailure on any exit code but 0
   */
  async run(args: readonly string[], options: RunOptions): Promise<ProcessResult> {
    const result = await runProcess(this.path, args, options)
    return this.#demandSuccess(args, options.timeoutMs, result)
  }

  #noAnswer(failure: ToolFailure): KnownError {
    const { args, result } = failure
    const said = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1) ?? ''
    const asked = `${this.path} ${args.join(' ')} ended with ${endOf(result)}`
    return new KnownError('TOOL_FAILED', `${asked}: ${said.slice(0, 500)}`, {
      hint: `Run it in the runner image to see what it lacks, or name another one with the input ${this.name}-path.`,
      cause: failure,
    })
  }

  #demandSuccess(args: readonly string[], timeoutMs: number, result: ProcessResult): ProcessResult {
    if (result.timedOut) {
      throw new KnownError(
        'TOOL_TIMEOUT',
        `${this.name} ${args[0] ?? ''} did not end within ${timeoutMs / 1000} s and was killed`,
        { cause: new ToolFailure(this.name, args, result) },
      )
    }
    if (result.exitCode !== 0) throw new ToolFailure(this.name, args, result)
    return result
  }
}

function executableAt(name: string, path: string): string {
  try {
    accessSync(path, constants.X_OK)
    if (statSync(path).isFile()) return path
  } catch (error) {
    throw notExecutable(name, path, error)
  }
  throw notExecutable(name, path, undefined)
}

function notExecutable(name: string, path: string, cause: unknown): KnownError {
  return new KnownError('TOOL_MISSING', `${name}-path ${path} is not an executable file`, { cause })
}

function endOf({ exitCode, signal }: ProcessResult): string {
  return signal === undefined ? `exit code ${exitCode}` : `signal ${signal}`
}
