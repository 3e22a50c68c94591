import { execFileSync } from 'node:child_process'
import { temporaryDirectory } from '@tierseal/test-kit'

export interface SigningKeyPair {
  readonly armored: string
  readonly publicKey: string
  readonly passphrase: string
  readonly fingerprint: string
}

/** A new OpenPGP key, made by the real gpg in a home of its own. */
export function makeSigningKey(passphrase: string): SigningKeyPair {
  const home = temporaryDirectory('gpg')
  const gpg = (...args: readonly string[]): string => {
    const fixed = [
      '--homedir',
      home,
      '--batch',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      passphrase,
    ]
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
    return execFileSync('gpg', [...fixed, ...args], { encoding: 'utf8', stdio })
  }
  gpg('--quick-generate-key', 'Pin Bot <pin@invalid>', 'ed25519', 'sign', '1d')
  const listing = gpg('--with-colons', '--list-keys')
    .split('\n')
    .map((line) => line.split(':'))
  const fingerprint = listing.find(([kind]) => kind === 'fpr')?.[9] ?? ''
  const pair = {
    passphrase,
    fingerprint,
    armored: gpg('--armor', '--export-secret-keys'),
    publicKey: gpg('--armor', '--export'),
  }
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  return pair
}
