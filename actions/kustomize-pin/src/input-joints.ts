import { type JointSpec, maskSecret } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { Specified } from './inputs.ts'
import { demandDistinct } from './pin-line.ts'
import { basicHeader } from './repository/git-environment.ts'
import { type GitRemote, parseRepositoryUrl } from './repository/remote.ts'
import type { SigningKey } from './signing/keyring.ts'

/** A remote before its CA is in a file. */
export type RemoteInputs = Omit<GitRemote, 'caPath'>

/** What several inputs make together, and the rules that they keep. */
export const joints = {
  distinctPins: { of: ['pins'], read: ({ pins }: Specified) => demandDistinct(pins) },
  remote: {
    of: ['repository', 'username', 'token', 'plainHttp'],
    read: ({ repository, username, token, plainHttp }: Specified): RemoteInputs => ({
      url: parseRepositoryUrl('repository', repository, plainHttp),
      ...masked(username, token),
    }),
  },
  sourceRemote: { of: ['sourceUrl', 'sourceToken', 'plainHttp'], read: sourceRemoteOf },
  reasonedRollback: { of: ['rollback', 'rollbackReason'], read: demandReason },
  signingKey: { of: ['armoredKey', 'passphrase'], read: pairKey },
} as const satisfies Record<string, JointSpec<Specified, unknown>>

function sourceRemoteOf({
  sourceUrl,
  sourceToken,
  plainHttp,
}: Pick<Specified, 'sourceUrl' | 'sourceToken' | 'plainHttp'>): RemoteInputs | undefined {
  if (sourceUrl !== undefined) {
    const url = parseRepositoryUrl('source-url', sourceUrl, plainHttp)
    return { url, ...masked('x-access-token', sourceToken) }
  }
  if (sourceToken === undefined) return undefined
  throw new KnownError('INPUT_INVALID', 'source-token is set, and source-url is empty', {
    hint: 'Give both, or neither: without an address no history is fetched.',
  })
}

function masked(
  username: string,
  token: string | undefined,
): Pick<RemoteInputs, 'username' | 'token'> {
  if (token !== undefined) maskSecret(basicHeader(username, token).split(' ').at(-1) ?? '')
  return { username, token }
}

// A forge gives an empty text for a secret that it does not have.
function pairKey({
  armoredKey: armored,
  passphrase,
}: Pick<Specified, 'armoredKey' | 'passphrase'>): SigningKey | undefined {
  if (armored !== undefined) return { armored, passphrase }
  if (passphrase === undefined) return undefined
  throw new KnownError('INPUT_INVALID', 'signing-passphrase is set, and signing-key is empty', {
    hint: 'Give both, or neither: without the key the commit would not be signed. Look at whether the forge has the secret.',
  })
}

function demandReason({
  rollback,
  rollbackReason,
}: Pick<Specified, 'rollback' | 'rollbackReason'>): void {
  if (rollback === (rollbackReason !== undefined)) return
  const flaw = rollback
    ? 'rollback: true needs a rollback-reason'
    : 'rollback-reason without rollback: true'
  throw new KnownError('INPUT_INVALID', flaw, {
    hint: 'A rollback puts an older image over a newer one on purpose; the commit says why.',
  })
}
