import { delimiter, dirname, join } from 'node:path'
import { exitCodeOf, type HeldSignals, holdSignals } from '@tierseal/test-kit'
import {
  findRemains,
  holdLab,
  isNothing,
  type LabKind,
  makeNamespace,
  obtainLabTools,
  prepareAssets,
  removeRemains,
  runInside,
} from '@tierseal/test-kit/lab'
import { root } from '../root.ts'
import { plainUnlessTerminal } from '../run-step.ts'
import { prepareRelease } from './release.ts'

/** The words of `npm run lab -- up` for such a lab. */
function upWords({ vault, node }: LabKind): readonly string[] {
  return [...(vault === 'openbao' ? ['--openbao'] : []), ...(node ? [] : ['--no-node'])]
}

/** Obtains what such a lab needs; false where something cannot be had, which is then told. */
export async function obtainLab(kind: LabKind): Promise<boolean> {
  const problems = await obtainLabTools(kind)
  for (const problem of problems) console.error(`lab: ${problem}`)
  return problems.length === 0
}

/** What a run on the lab ends with where it is the lab that failed, and not what was tried on it. */
export const labFailed = 2

/**
 * Has the lab for the work alone: waits for whoever uses it, begins without a lab and leaves none, whatever becomes of
 * the work. Whoever asks this process to end has the work's programs ended first, and this process once the lab is down.
 *
 * @param keep to use the lab that is up, and to leave it so
 * @param takeDown for tests, which have no lab to take down
 */
export function withLab(
  keep: boolean,
  work: (signals: HeldSignals) => Promise<number>,
  takeDown: () => Promise<boolean> = takeLabDown,
): Promise<number> {
  return holdLab(async () => {
    using signals = holdSignals()
    let exitCode = labFailed
    try {
      if (keep || (await takeDown())) exitCode = await work(signals)
    } catch (error) {
      // What a signal ended has not failed.
      if (signals.first === undefined) throw error
    } finally {
      if (signals.first !== undefined) console.error(`lab: ${signals.first}: ending in order`)
      if (!keep && !(await takeDown())) exitCode = labFailed
    }
    if (signals.first !== undefined) process.exit(exitCodeOf(signals.first))
    return exitCode
  }, tellHolder)
}

/** Says who has the lab. */
export function tellHolder(pid: number | undefined): void {
  console.error(`lab: process ${pid ?? '(unknown)'} uses the lab; waiting for its end`)
}

/** Brings a lab up with our actions in it, ready to be pushed to its forge. Gives an exit code. */
export async function bringLabUp(kind: LabKind, signals: HeldSignals): Promise<number> {
  await prepareRelease()
  await prepareAssets()
  // No program was there to be told.
  if (signals.first !== undefined) return exitCodeOf(signals.first)
  await makeNamespace()
  return runInLab([join(root, 'scripts', 'lab.ts'), 'up', ...upWords(kind)])
}

/** Runs a script under node in the lab's namespace, on this terminal. Gives its exit code. */
export function runInLab(args: readonly string[]): Promise<number> {
  const modules = join(root, 'node_modules', '.bin')
  const path = [dirname(process.execPath), modules, process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH: path, ...plainUnlessTerminal() }
  return runInside(process.execPath, [...process.execArgv, ...args], env)
}

/** Takes the lab down, whoever uses it; false where something of it is left, which is then told. */
async function takeLabDown(): Promise<boolean> {
  await removeRemains()
  const remains = findRemains()
  if (!isNothing(remains)) console.error('lab: left behind', remains)
  return isNothing(remains)
}
