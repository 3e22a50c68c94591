import { KnownError, messageOf } from '@tierseal/errors'
import type { Keyring } from '../signing/keyring.ts'
import type { BareRepository } from './bare-repository.ts'

export interface Person {
  readonly name: string
  readonly email: string
}

export interface CommitContent {
  readonly tree: string
  readonly parent: string
  readonly author: Person
  readonly message: string
}

/**
 * Writes a commit object, signed where there is a keyring, and proves the signature before anybody sees it.
 * Made by hand, because a passphrase can reach gpg through stdin only, which git keeps for itself.
 *
 * @returns the commit's name
 * @throws KnownError PIN_SIGNING_KEY_INVALID, PIN_SIGNATURE_UNVERIFIED
 */
export async function makeCommit(
  repository: BareRepository,
  content: CommitContent,
  keyring: Keyring | undefined,
): Promise<string> {
  const text = await commitText(content, keyring)
  const args = ['hash-object', '-t', 'commit', '-w', '--stdin']
  const commit = (await repository.local(args, { input: text })).trim()
  if (keyring !== undefined) await demandVerified(repository, commit, keyring)
  return commit
}

async function commitText(content: CommitContent, keyring: Keyring | undefined): Promise<string> {
  const { tree, parent, author, message } = content
  const when = `${author.name} <${author.email}> ${Math.floor(Date.now() / 1000)} +0000`
  const head = `tree ${tree}\nparent ${parent}\nauthor ${when}\ncommitter ${when}\n`
  if (keyring === undefined) return `${head}\n${message}`
  const signature = (await keyring.sign(`${head}\n${message}`)).trimEnd()
  return `${head}gpgsig ${signature.replaceAll('\n', '\n ')}\n\n${message}`
}

async function demandVerified(
  repository: BareRepository,
  commit: string,
  { environment, program, fingerprint }: Keyring,
): Promise<void> {
  try {
    const args = ['-c', `gpg.program=${program}`, 'verify-commit', '--raw', commit]
    await repository.local(args, { env: environment })
  } catch (error) {
    throw new KnownError(
      'PIN_SIGNATURE_UNVERIFIED',
      `the signature by ${fingerprint} does not verify: ${messageOf(error)}`,
      { hint: 'Check that the key may sign and has not expired.', cause: error },
    )
  }
}
