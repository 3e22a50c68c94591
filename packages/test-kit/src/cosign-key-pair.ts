import { execFileSync } from 'node:child_process'
import type { KeyObject } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
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
  return runCosign('cosign3', ['generate-key-pair', '--output-key-prefix=key'], cwd, password)
}

/** Lets the real cosign import a private key, of any kind that it takes. */
export function importCosignKeyPair(
  key: KeyObject,
  password: string,
  cosign: 'cosign2' | 'cosign3' = 'cosign3',
): CosignKeyPair {
  const cwd = temporaryDirectory('cosign-key')
  const pem = key.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(join(cwd, 'imported.pem'), pem, { mode: 0o600 })
  const args = ['import-key-pair', '--key=imported.pem', '--output-key-prefix=key']
  return runCosign(cosign, args, cwd, password)
}

function runCosign(
  cosign: 'cosign2' | 'cosign3',
  args: readonly string[],
  cwd: string,
  password: string,
): CosignKeyPair {
  const env = { COSIGN_PASSWORD: password, HOME: cwd }
  execFileSync(toolPath(cosign), args, { cwd, env, stdio: 'pipe' })
  return {
    privateKey: readFileSync(join(cwd, 'key.key'), 'utf8'),
    publicKey: readFileSync(join(cwd, 'key.pub'), 'utf8'),
    password,
  }
}
