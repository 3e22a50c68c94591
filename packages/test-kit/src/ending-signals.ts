import { constants } from 'node:os'

/** The signals by which a terminal or a supervisor asks a process to end. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How a shell tells that a signal ended a process: 128 and its number. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

let holders = 0

/**
 * From here on a signal ends this process by way of its exit handlers, which stop the servers and remove the folders that
 * it has made; while signals are held, whoever holds them ends it.
 */
export function endInOrder(): void {
  for (const signal of endingSignals) {
    process.on(signal, () => {
      if (holders === 0) process.exit(exitCodeOf(signal))
    })
  }
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
  holders++
  for (const signal of endingSignals) process.on(signal, remember)
  return {
    get first() {
      return first
    },
    [Symbol.dispose]: () => {
      holders--
      for (const signal of endingSignals) process.off(signal, remember)
    },
  }
}
