/** How far a pod is, as its status says. */
export type PodProgress =
  | { readonly state: 'waiting'; readonly why: string; readonly hopeless: boolean }
  | { readonly state: 'running' }
  | {
      readonly state: 'ended'
      readonly exitCode: number
      readonly message: string
      readonly why: string
    }
  | { readonly state: 'failed'; readonly why: string }

// kubelet retries these for ever; a build that waits for them only hides the cause.
const hopelessReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
])

/**
 * Reads the progress of one container from the JSON of its pod.
 *
 * `ended` is an exit of the program itself. `failed` is everything else that ends a pod: its deadline, an
 * eviction, a lost node.
 */
export function podProgress(pod: unknown, container: string): PodProgress {
  const status = child(pod, 'status')
  const own = statusesOf(status).find((entry) => child(entry, 'name') === container)
  const terminated = child(child(own, 'state'), 'terminated')
  const reason = textOf(child(status, 'reason'))
  if (reason !== '')
    return { state: 'failed', why: `${reason} ${textOf(child(status, 'message'))}`.trim() }
  if (terminated !== undefined) return ended(terminated)
  if (child(status, 'phase') === 'Failed') return { state: 'failed', why: 'the pod failed' }
  if (child(child(own, 'state'), 'running') !== undefined) return { state: 'running' }
  return waiting(child(child(own, 'state'), 'waiting') ?? unscheduled(status))
}

function statusesOf(status: unknown): readonly unknown[] {
  return ['initContainerStatuses', 'containerStatuses'].flatMap((name) => {
    const statuses = child(status, name)
    return Array.isArray(statuses) ? statuses : []
  })
}

function ended(terminated: unknown): PodProgress {
  const exitCode = child(terminated, 'exitCode')
  return {
    state: 'ended',
    exitCode: typeof exitCode === 'number' ? exitCode : 1,
    message: textOf(child(terminated, 'message')),
    why: textOf(child(terminated, 'reason')),
  }
}

function waiting(state: unknown): PodProgress {
  const reason = textOf(child(state, 'reason'))
  const why = `${reason} ${textOf(child(state, 'message'))}`.trim()
  return { state: 'waiting', why, hopeless: hopelessReasons.has(reason) }
}

function unscheduled(status: unknown): unknown {
  const conditions = child(status, 'conditions')
  if (!Array.isArray(conditions)) return undefined
  return conditions.find((condition) => child(condition, 'status') === 'False')
}

function child(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
