import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { childEnvironment, redact, type Tool, ToolFailure } from '@tierseal/action-kit'
import { KnownError } from '@tierseal/errors'
import type { PinDeadline } from '../pin-deadline.ts'

/** The secret key with which commits are signed, as it came from the inputs. */
export interface SigningKey {
  readonly armored: string
  readonly passphrase: string | undefined
}

export interface KeyringOptions {
  readonly gpg: Tool
  /** An empty folder of mode 0700 on a tmpfs. */
  readonly directory: string
  readonly deadline: PinDeadline
}

const quiet = ['--batch', '--no-tty', '--pinentry-mode', 'loopback'] as const

/** A throw-away OpenPGP keyring that holds one secret key. Argo CD accepts no other kind of signature. */
export class Keyring {
  /** Of the primary key, 40 hex digits. */
  readonly fingerprint: string
  readonly #options: KeyringOptions
  readonly #passphrase: string

  private constructor(options: KeyringOptions, fingerprint: string, passphrase: string) {
    this.#options = options
    this.fingerprint = fingerprint
    this.#passphrase = passphrase
  }

  /**
   * @throws KnownError PIN_SIGNING_KEY_INVALID
   */
  static async open(key: SigningKey, options: KeyringOptions): Promise<Keyring> {
    await run(options, ['--import'], key.armored)
    const listing = await run(options, ['--with-colons', '--list-secret-keys'], '')
    const fingerprints = primaryFingerprints(listing)
    const [fingerprint, second] = fingerprints
    if (fingerprint !== undefined && second === undefined) {
      return new Keyring(options, fingerprint, key.passphrase ?? '')
    }
    throw invalid(`it holds ${fingerprints.length} secret keys instead of one`)
  }

  /** The environment in which git finds this keyring. */
  get environment(): Record<string, string> {
    return { GNUPGHOME: this.#options.directory }
  }

  get program(): string {
    return this.#options.gpg.path
  }

  /**
   * A detached, armored signature over the text.
   *
   * @throws KnownError PIN_SIGNING_KEY_INVALID where the passphrase is wrong or the key may not sign
   */
  async sign(text: string): Promise<string> {
    const { directory } = this.#options
    const payload = join(directory, 'payload')
    const signature = join(directory, 'signature')
    writeFileSync(payload, text)
    const how = ['--passphrase-fd', '0', '--yes', '--armor', '--local-user', this.fingerprint]
    const what = ['--output', signature, '--detach-sign', payload]
    await run(this.#options, [...how, ...what], `${this.#passphrase}\n`)
    return readFileSync(signature, 'utf8')
  }
}

async function run(
  options: KeyringOptions,
  args: readonly string[],
  input: string,
): Promise<string> {
  try {
    const env = childEnvironment({ GNUPGHOME: options.directory, LC_ALL: 'C' })
    const { stdout } = await options.deadline.within(60_000, (timeoutMs) =>
      options.gpg.run([...quiet, ...args], { env, timeoutMs, input }),
    )
    return stdout
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    throw invalid(`gpg says:\n${redact(error.result.stderr.trim())}`)
  }
}

function primaryFingerprints(listing: string): readonly string[] {
  const records = listing.split('\n').map((line) => line.split(':'))
  return records.flatMap((fields, index) => {
    if (fields[0] !== 'sec') return []
    const fingerprint = records.slice(index).find(([kind]) => kind === 'fpr')?.[9]
    return fingerprint === undefined ? [] : [fingerprint]
  })
}

function invalid(why: string): KnownError {
  return new KnownError('PIN_SIGNING_KEY_INVALID', `the OpenPGP key cannot be used: ${why}`, {
    hint: 'Give one secret key as gpg --export-secret-keys --armor prints it, and its passphrase.',
  })
}
