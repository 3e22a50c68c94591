import type { ToolName } from '@tierseal/test-kit'
import { measureBuild } from './build.ts'
import { measureBundleSize } from './bundle-size.ts'
import { measureCluster } from './cluster.ts'
import { measureColdStart } from './cold-start.ts'
import { measureFirstRequest } from './first-request.ts'
import { measureGenerate } from './generate.ts'
import { measurePin } from './pin.ts'
import { measureRequests } from './requests.ts'
import type { Measurement } from './row.ts'
import { measureSign } from './sign.ts'

/** A group of rows that one set-up measures together. */
export interface Benchmark {
  readonly group: string
  /** The real tools that it drives. */
  readonly tools: readonly ToolName[]
  /** @param asked whether the group was asked for by name */
  readonly measure: (asked: boolean) => readonly Measurement[] | Promise<readonly Measurement[]>
}

/** Every benchmark, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  { group: 'cold start', tools: [], measure: measureColdStart },
  { group: 'first request', tools: [], measure: measureFirstRequest },
  { group: 'bundle size', tools: [], measure: measureBundleSize },
  { group: 'requests', tools: ['registry', 'openbao'], measure: measureRequests },
  { group: 'build', tools: ['registry', 'buildah', 'busybox'], measure: measureBuild },
  { group: 'sign', tools: ['registry', 'cosign3'], measure: measureSign },
  { group: 'pin', tools: ['kustomize'], measure: measurePin },
  { group: 'generate', tools: [], measure: measureGenerate },
  // The lab has tools of its own, and asks for them itself.
  { group: 'cluster', tools: [], measure: measureCluster },
]
