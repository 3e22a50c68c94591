import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'

/** The signals by which a terminal or a supervisor asks a process to end. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How a shell tells that a signal ended a process: 128 and its number. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/** The signal that asked this process to end, for work that tidies up before it does; dispose of it to end as usual. */
export interface HeldSignals extends Disposable {
  readonly first: NodeJS.Signals | undefined
}

/** Holds back the end of this process from here on, and remembers what asked for it. */
export function holdSignals(): HeldSignals {
  let first: NodeJS.Signals | undefined
  const remember = (signal: NodeJS.Signals): void => {
    first ??= signal
  }
  for (const signal of endingSignals) process.on(signal, remember)
  return {
    get first() {
      return first
    },
    [Symbol.dispose]: () => {
      for (const signal of endingSignals) process.off(signal, remember)
    },
  }
}

/**
 * Waits for a child and gives its exit code. Meanwhile what asks this process to end is passed on to the child, which
 * ends first; so nothing that was started is left alone. Each signal is passed on once: a terminal, npm and a
 * supervisor tell everyone in turn, and a program that tidies up after the first is ended by the second.
 */
export async function waitForChild(child: ChildProcess): Promise<number> {
  const told = new Set<NodeJS.Signals>()
  const pass = (signal: NodeJS.Signals): void => {
    if (!told.has(signal)) child.kill(signal)
    told.add(signal)
  }
  // Before others that listen, for they may end this process.
  for (const signal of endingSignals) process.prependListener(signal, pass)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        resolve(code ?? (signal === null ? 1 : exitCodeOf(signal)))
      })
    })
  } finally {
    for (const signal of endingSignals) process.off(signal, pass)
  }
}
