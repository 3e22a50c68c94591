import { measureBuild } from './build.ts'
import { measureBundleSize } from './bundle-size.ts'
import { measureCluster } from './cluster.ts'
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
  /** @param asked whether the group was asked for by name */
  readonly measure: (asked: boolean) => readonly Measurement[] | Promise<readonly Measurement[]>
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
  { group: 'cluster', measure: measureCluster },
]
