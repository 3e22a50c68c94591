import { maskSecret, saveState } from '@tierseal/action-kit'
import { type FileHandle, fieldOf, fieldOrEmpty, provePrivateKeyForm } from '@tierseal/vault'
import { makeKeyDirectory, writeKeyFiles } from '../key-directory.ts'
import { withLogin } from '../login.ts'
import { chooseVersion } from '../public-key.ts'
import { removeKeyDirectory } from '../remove-key-directory.ts'
import { keyDirectoryState } from '../state.ts'
import { checkAndPublish, requestsFor, secretOf } from '../tier-secret.ts'
import type { FetchContext, Fetched } from './handover.ts'

/**
 * Reads the key and puts it into a file on a tmpfs. The folder is proven before anything is asked of
 * Vault, and post knows of it before it is there: a runner kills with SIGKILL.
 */
export async function handOverFile(context: FetchContext): Promise<Fetched> {
  const { keyDirectory, allowDirectory } = context.inputs
  const folder = makeKeyDirectory(keyDirectory, allowDirectory, (path) =>
    saveState(keyDirectoryState, path),
  )
  try {
    return await readInto(folder, context)
  } catch (error) {
    removeKeyDirectory(folder)
    throw error
  }
}

async function readInto(folder: string, context: FetchContext): Promise<Fetched> {
  const { inputs } = context
  const { login, result } = await withLogin(
    context,
    requestsFor(inputs),
    async (session, granted) => {
      const published = await checkAndPublish(session, granted, inputs)
      const chosen = chooseVersion({ ...inputs, minimumKeyVersion: undefined }, published?.version)
      const secret = await session.readKv(secretOf(inputs, chosen))
      return { published, chosen, secret }
    },
  )
  const { published, chosen, secret } = result
  // Here the read itself says which version it is, even where nothing else does.
  const keyVersion = chooseVersion(inputs, published?.version ?? chosen ?? secret.version)
  const handle = writeKey(folder, secret.data, inputs)
  const readRequestId = secret.requestId
  return { handle, login, published, keyVersion, readRequestId, wrappingAccessor: undefined }
}

function writeKey(
  folder: string,
  data: Readonly<Record<string, unknown>>,
  inputs: FetchContext['inputs'],
): FileHandle {
  const privateKey = fieldOf(data, inputs.privateKeyField)
  maskSecret(privateKey)
  const password = fieldOrEmpty(data, inputs.passwordField)
  maskSecret(password)
  provePrivateKeyForm(privateKey)
  return writeKeyFiles(folder, privateKey, password)
}
