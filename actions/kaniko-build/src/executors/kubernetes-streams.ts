import { type ChildProcess, spawn } from 'node:child_process'
import { pipeline } from 'node:stream/promises'
import { killProcessGroup, LineBuffer } from '@tierseal/action-kit'
import { messageOf } from '@tierseal/errors'
import { kubectlEnvironment } from './kubernetes-api.ts'

type Command = readonly [string, ...string[]]

/** A command and all that it reads from its stdin. */
export interface Source {
  readonly command: Command
  readonly stdin: string
}

/** A process that accompanies a pod; `end` kills it with its children. */
export interface Stream {
  readonly done: Promise<void>
  end(): void
}

/** Calls `onLine` with each line that a command prints, as it comes. */
export function followLines([program, ...args]: Command, onLine: (line: string) => void): Stream {
  const child = spawn(program, args, {
    env: kubectlEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = new LineBuffer(onLine)
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => lines.push(chunk))
  child.stdout.on('close', () => lines.end())
  const done = new Promise<void>((resolve) => {
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
  return { done, end: () => kill(child) }
}

/** Two processes, one of which feeds the other; `end` kills both. */
export interface Pipe {
  /** Reject where that process ends with a failure, with the last line that it said. */
  readonly source: Promise<void>
  readonly target: Promise<void>
  end(): void
}

/**
 * Streams what one command prints into another's stdin, without ever holding it whole. That stdin ends only
 * where the source ended well: who reads it must not take a part for the whole.
 */
export function pipeInto({ command, stdin }: Source, target: Command): Pipe {
  const from = start(command, 'pipe')
  // A source that ends early says why by its exit code.
  from.child.stdin?.on('error', () => undefined).end(stdin)
  const to = start(target, 'ignore')
  // And so does a target that does not read on.
  to.child.stdin?.on('error', () => undefined)
  if (from.child.stdout !== null && to.child.stdin !== null) {
    pipeline(from.child.stdout, to.child.stdin, { end: false }).catch(() => undefined)
  }
  from.ended.then(
    () => to.child.stdin?.end(),
    () => undefined,
  )
  return {
    source: from.ended,
    target: to.ended,
    end: () => {
      kill(from.child)
      kill(to.child)
    },
  }
}

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<void>
}

function start([program, ...args]: Command, stdout: 'ignore' | 'pipe'): Started {
  const child = spawn(program, args, {
    env: kubectlEnvironment(),
    detached: true,
    stdio: ['pipe', stdout, 'pipe'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-2000)
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${program}: ${messageOf(error)}`)))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${program} ended with ${code}: ${said.trim().split('\n').at(-1)}`))
    })
  })
  return { child, ended }
}

function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) killProcessGroup(pid)
}
