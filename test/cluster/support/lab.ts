import { type LabState, nodeNotWanted, readState } from '@tierseal/test-kit/lab'

/** The lab that `npm run test:cluster` brought up, from inside its namespace. */
export function useLab(): LabState {
  const state = readState()
  if (state !== undefined) return state
  throw new Error('there is no lab: run these tests with npm run test:cluster')
}

/**
 * Whether a case must be skipped because no pod can run, for it.skipIf(). In CI only where that was asked
 * for: a machine of CI that cannot run a node is a failure, which the first pod shows.
 */
export function lacksNode(): boolean {
  const { node, done } = useLab()
  return !node && (done['node'] === nodeNotWanted || process.env['CI'] !== 'true')
}
