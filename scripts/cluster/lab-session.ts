import { delimiter, dirname, join } from 'node:path'
import {
  findRemains,
  isNothing,
  type LabKind,
  makeNamespace,
  obtainLabTools,
  prepareAssets,
  removeRemains,
  runInside,
} from '@tierseal/test-kit/lab'
import { root } from '../root.ts'
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

/** Brings a lab up with our actions in it, ready to be pushed to its forge. Gives an exit code. */
export async function bringLabUp(kind: LabKind): Promise<number> {
  await prepareRelease()
  await prepareAssets()
  await makeNamespace()
  return runInLab([join(root, 'scripts', 'lab.ts'), 'up', ...upWords(kind)])
}

/** Runs a script under node in the lab's namespace, on this terminal. Gives its exit code. */
export function runInLab(args: readonly string[]): Promise<number> {
  const modules = join(root, 'node_modules', '.bin')
  const path = [dirname(process.execPath), modules, process.env['PATH']].join(delimiter)
  return runInside(process.execPath, [...process.execArgv, ...args], { ...process.env, PATH: path })
}

/** Takes the lab down; false where something of it is left, which is then told. */
export async function takeLabDown(): Promise<boolean> {
  await removeRemains()
  const remains = findRemains()
  if (!isNothing(remains)) console.error('lab: left behind', remains)
  return isNothing(remains)
}
