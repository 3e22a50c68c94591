import type { LabState } from './state.ts'

/** One program of the lab, or one step of its set-up. */
export interface Part {
  readonly name: string
  /** The parts that have to be ready before this one starts. */
  readonly after: readonly string[]
  /** Only where the machine can run a kubelet. */
  readonly node?: boolean
  /** The daemons that it starts; their logs explain where it does not come up. */
  readonly daemons?: readonly string[]
  /** Starts it; does nothing where it already runs. */
  start(state: LabState): Promise<void> | void
  /** Whether it answers as the others need it. */
  ready(state: LabState): Promise<boolean>
  readonly timeoutMs?: number
}
