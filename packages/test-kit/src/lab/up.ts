import { makeCertificates } from './certificates.ts'
import { isRunning } from './daemon.ts'
import { attempts, type Egress, readEgress, startEgressCounter } from './egress.ts'
import { nodeNotWanted, whyNoNode } from './node-rights.ts'
import { allParts } from './parts.ts'
import { type Progress, startParts } from './start-parts.ts'
import { type LabState, readState, writeState } from './state.ts'

export interface UpOptions {
  readonly vaultFlavour: LabState['vaultFlavour']
  readonly progress: Progress
  /** Parts to leave out, by name. */
  readonly without?: readonly string[]
  /** False for an API server without a kubelet, as on a machine that cannot run one; decided once per lab. */
  readonly node?: boolean
}

/** Brings up whatever part of the lab is not up. Called inside the lab's namespace. */
export async function bringUp({
  vaultFlavour,
  progress,
  without = [],
  node = true,
}: UpOptions): Promise<LabState> {
  const state = readState() ?? newState(vaultFlavour, node)
  refuseOtherVault(state, vaultFlavour)
  writeState(state)
  if (state.done['egress'] === undefined) {
    await startEgressCounter()
    state.done['egress'] = 'counting'
  }
  if (!state.node) progress(`no node, API server only: ${state.done['node']}`)
  await makeCertificates()
  const parts = allParts.filter((part) => state.node || part.node !== true)
  await startParts(
    parts.filter(({ name }) => !without.includes(name)),
    state,
    progress,
  )
  return state
}

function refuseOtherVault(state: LabState, wanted: LabState['vaultFlavour']): void {
  if (state.vaultFlavour === wanted) return
  throw new Error(
    `the lab that is up has ${state.vaultFlavour}, not ${wanted}: take it down first, then bring it up anew`,
  )
}

/** A background program that the lab has started. */
interface Program {
  readonly name: string
  readonly pid: number
  readonly running: boolean
}

export interface Description {
  /** For a person. */
  readonly lines: readonly string[]
  readonly programs: readonly Program[]
  readonly egress: Egress
}

/** What `lab status` says. Called inside the lab's namespace. */
export async function describe(state: LabState): Promise<Description> {
  const programs = Object.entries(state.daemons).map(([name, { pid }]) => ({
    name,
    pid,
    running: isRunning(state, name),
  }))
  const lines = programs.map(
    ({ name, pid, running }) => `${name.padEnd(26)} ${running ? `running, pid ${pid}` : 'ENDED'}`,
  )
  const node = state.node ? [] : [`no node, API server only: ${state.done['node']}`]
  const egress = await readEgress()
  const all = [...lines, ...node, `attempts to leave: ${attempts(egress)}`]
  return { lines: all, programs, egress }
}

function newState(vaultFlavour: LabState['vaultFlavour'], node: boolean): LabState {
  const reason = node ? whyNoNode() : nodeNotWanted
  const done = reason === undefined ? {} : { node: reason }
  return { daemons: {}, done, node: reason === undefined, vaultFlavour }
}
