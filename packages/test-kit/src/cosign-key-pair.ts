import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary-directory.ts'
import { toolPath } from './tools/index.ts'

/** A key pair as cosign makes it: the private key encrypted with the password. */
export interface CosignKeyPair {
  readonly privateKey: string
  readonly publicKey: string
  readonly password: string
}

/** Lets the real cosign make a key pair. */
export function generateCosignKeyPair(password: string): CosignKeyPair {
  const cwd = temporaryDirectory('cosign-key')
  execFileSync(toolPath('cosign3'), ['generate-key-pair'], {
    cwd,
    env: { COSIGN_PASSWORD: password, HOME: cwd },
    stdio: 'pipe',
  })
  return {
    privateKey: readFileSync(join(cwd, 'cosign.key'), 'utf8'),
    publicKey: readFileSync(join(cwd, 'cosign.pub'), 'utf8'),
    password,
  }
}
