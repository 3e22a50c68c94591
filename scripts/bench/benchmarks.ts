import { measureBuild } from './build.ts'
import { measureBundleSize } from './bundle-size.ts'
import { measureColdStart } from './cold-start.ts'
import { measureFirstRequest } from './first-request.ts'
import { measureGenerate } from './generate.ts'
import { measureMemory } from './memory.ts'
import { measurePin } from './pin.ts'
import { measureRequests } from './requests.ts'
import type { Measurement } from './row.ts'
import { measureSign } from './sign.ts'

/** A group of rows that one set-up measures together. */
export interface Benchmark {
  readonly group: string
  readonly measure: () => readonly Measurement[] | Promise<readonly Measurement[]>
}

/** Every benchmark, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  { group: 'cold start', measure: measureColdStart },
  { group: 'first request', measure: measureFirstRequest },
  { group: 'bundle size', measure: measureBundleSize },
  { group: 'memory', measure: measureMemory },
  { group: 'requests', measure: measureRequests },
  { group: 'build', measure: measureBuild },
  { group: 'sign', measure: measureSign },
  { group: 'pin', measure: measurePin },
  { group: 'generate', measure: measureGenerate },
]
