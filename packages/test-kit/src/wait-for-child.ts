import type { ChildProcess } from 'node:child_process'
import { endingSignals, exitCodeOf } from './ending-signals.ts'

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
