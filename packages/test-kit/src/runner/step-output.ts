import type { ChildProcess } from 'node:child_process'

/** What a step has printed so far. */
export interface StepOutput {
  readonly stdout: string
  readonly stderr: string
  /** Both, as they came. */
  readonly log: string
  /** Resolves when the log holds the text; rejects where the step ends without it. */
  waitFor(text: string | RegExp, end: Promise<unknown>): Promise<void>
}

/** Gathers what a process prints, from now on. */
export function gatherOutput(child: ChildProcess): StepOutput {
  const output = { stdout: '', stderr: '', log: '' }
  const watchers = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      output[stream] += chunk
      output.log += chunk
      for (const watch of watchers) watch()
    })
  }
  const waitFor: StepOutput['waitFor'] = (text, end) =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        const seen = typeof text === 'string' ? output.log.includes(text) : text.test(output.log)
        if (seen) resolve()
      }
      watchers.add(watch)
      watch()
      const tooLate = (): void => reject(new Error(`ended without ${text}:\n${output.log}`))
      end.then(tooLate, reject)
    })
  return Object.assign(output, { waitFor })
}
