import { type LabState, readState } from '@tierseal/test-kit/lab'

/** The lab that `npm run test:cluster` brought up, from inside its namespace. */
export function useLab(): LabState {
  const state = readState()
  if (state !== undefined) return state
  throw new Error('there is no lab: run these tests with npm run test:cluster')
}
