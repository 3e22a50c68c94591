import { describe, expect, it } from 'vitest'
import { podProgress } from './kubernetes-progress.ts'

const digest = `sha256:${'a'.repeat(64)}`

function podWith(state: object, status: object = {}): object {
  return { status: { ...status, containerStatuses: [{ name: 'other' }, { name: 'build', state }] } }
}

describe('the progress of a pod', () => {
  it('has the termination message and the exit code of its own container', () => {
    const pod = podWith({ terminated: { exitCode: 0, message: digest, reason: 'Completed' } })
    expect(podProgress(pod, 'build')).toEqual({
      state: 'ended',
      exitCode: 0,
      message: digest,
      why: 'Completed',
    })
  })

  it('keeps the exit code beside a digest, so that nobody trusts the message alone', () => {
    const pod = podWith({ terminated: { exitCode: 1, message: digest } })
    expect(podProgress(pod, 'build')).toMatchObject({ state: 'ended', exitCode: 1 })
  })

  it.each(['ErrImagePull', 'ImagePullBackOff', 'CreateContainerConfigError'])(
    'is hopeless on %s',
    (reason) => {
      const pod = podWith({ waiting: { reason, message: 'because' } })
      expect(podProgress(pod, 'build')).toEqual({
        state: 'waiting',
        why: `${reason} because`,
        hopeless: true,
      })
    },
  )

  it('is that of a container that runs before the others, too', () => {
    const status = {
      phase: 'Failed',
      initContainerStatuses: [{ name: 'context', state: { terminated: { exitCode: 128 } } }],
      containerStatuses: [{ name: 'build', state: { waiting: { reason: 'PodInitializing' } } }],
    }
    expect(podProgress({ status }, 'context')).toMatchObject({ state: 'ended', exitCode: 128 })
    expect(podProgress({ status }, 'build')).toMatchObject({ state: 'failed' })
  })

  it('waits with hope while the container is created', () => {
    const pod = podWith({ waiting: { reason: 'ContainerCreating' } })
    expect(podProgress(pod, 'build')).toMatchObject({ state: 'waiting', hopeless: false })
  })

  it('says why a pod has no node', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' },
    ]
    const progress = podProgress({ status: { phase: 'Pending', conditions } }, 'build')
    expect(progress).toEqual({ state: 'waiting', why: 'Unschedulable no room', hopeless: false })
  })

  it('failed where the deadline ended it, even if the container left an exit code', () => {
    const pod = podWith(
      { terminated: { exitCode: 0, message: digest } },
      { reason: 'DeadlineExceeded' },
    )
    expect(podProgress(pod, 'build')).toEqual({ state: 'failed', why: 'DeadlineExceeded' })
  })

  it.each([undefined, null, 1, {}, { status: {} }])('of %j is waiting', (pod) => {
    expect(podProgress(pod, 'build')).toMatchObject({ state: 'waiting' })
  })
})
