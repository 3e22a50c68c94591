import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { KnownError, messageOf } from '@tierseal/errors'

/** The build context, proven to be a folder, and the Dockerfile in it. */
export interface BuildContext {
  /** Absolute, without symbolic links. */
  readonly directory: string
  /** Relative to the folder. */
  readonly dockerfile: string
}

/**
 * Finds the context below the workspace and the Dockerfile inside it.
 *
 * @throws KnownError CONTEXT_INVALID
 */
export function findContext(context: string, dockerfile: string): BuildContext {
  const workspace = process.env['GITHUB_WORKSPACE'] || process.cwd()
  const directory = realDirectory(resolve(workspace, context))
  const path = relative(directory, resolve(directory, dockerfile))
  if (isOutside(path)) {
    throw invalid(`dockerfile ${dockerfile} lies outside of the context ${directory}`)
  }
  if (!isFile(join(directory, path))) {
    throw invalid(`there is no Dockerfile ${path} in the context ${directory}`)
  }
  return { directory, dockerfile: path }
}

/**
 * A context that is cloned elsewhere: the folder is then only where this step runs.
 *
 * @throws KnownError CONTEXT_INVALID for a Dockerfile outside of it
 */
export function remoteContext(dockerfile: string): BuildContext {
  const path = relative('/context', resolve('/context', dockerfile))
  if (isOutside(path)) throw invalid(`dockerfile ${dockerfile} lies outside of the context`)
  return { directory: process.cwd(), dockerfile: path }
}

/** Whether a relative path leaves the folder that it starts from. */
export function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || isAbsolute(path)
}

function realDirectory(path: string): string {
  try {
    const real = realpathSync(path)
    if (statSync(real).isDirectory()) return real
  } catch (error) {
    throw invalid(`the context cannot be read: ${messageOf(error)}`, error)
  }
  throw invalid(`the context ${path} is not a folder`)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function invalid(message: string, cause?: unknown): KnownError {
  return new KnownError('CONTEXT_INVALID', message, {
    hint: 'Check context and dockerfile; the workspace is empty where the checkout step is missing.',
    cause,
  })
}
