import { KnownError } from '@tierseal/errors'

/** Whether kubectl says that the API server refused a request for want of a right. */
export function isRefusal(said: string): boolean {
  return /\(Forbidden\)|is forbidden: User /.test(said)
}

/** @param said the API server's own words, which name the account, the right and the namespace */
export function lacksRight(said: string): KnownError {
  return new KnownError(
    'POD_RIGHT_MISSING',
    `the runner may not do what a build pod needs: ${said}`,
    {
      hint: 'Grant it the Role of platform/<tier>/kubernetes/build-pods.yaml that the generator writes: create, get and delete on pods, get on pods/log, get and create on pods/attach.',
    },
  )
}

export function unseen(name: string, why: string): KnownError {
  return new KnownError(
    'POD_UNSEEN',
    `the API server could not be asked about pod ${name}: ${why}`,
    {
      hint: 'Nothing is known of what it pushed. Look at the API server and at what stands before it; build again.',
    },
  )
}

export function notStarted(name: string, why: string): KnownError {
  const reason = why === '' ? 'its status gives no reason' : why
  return new KnownError('POD_NOT_STARTED', `pod ${name} does not start: ${reason}`, {
    hint: 'Look at kubernetes-image, the names of its Secrets and ConfigMaps, and the room on the nodes.',
  })
}

export function ownerAbsent(name: string, uid: string): KnownError {
  return new KnownError(
    'POD_OWNER_ABSENT',
    `kubernetes-owner is pod ${name} with uid ${uid}, and the namespace of the builds has no such pod`,
    {
      hint: 'Name a pod of that namespace, or leave kubernetes-owner out: the deadline ends the pod of a build in any case.',
    },
  )
}

export function lost(name: string, why: string): KnownError {
  return new KnownError('POD_LOST', `pod ${name} ended without a result: ${why}`, {
    hint: 'Nothing is known of what it pushed; build again.',
  })
}

export function overdue(name: string, unsent: string | undefined): KnownError {
  const cause = unsent === undefined ? '' : `; sending its context had failed: ${unsent}`
  return new KnownError('TOOL_TIMEOUT', `pod ${name} reached its deadline and was ended${cause}`, {
    hint: 'See in its log what it waited for; raise timeout-seconds only if it was working.',
  })
}

/** @param unsent why its context could not be sent, where it could not */
export function failed(name: string, why: string, unsent?: string): KnownError {
  return /DeadlineExceeded/.test(why) ? overdue(name, unsent) : lost(name, why)
}
