import { type InputSpec, optional } from '@tierseal/action-kit'

/**
 * An optional input for which the runner has an answer where the workflow gives none.
 *
 * @param answer what the runner says; undefined or empty where it does not
 */
export function fromRunner<T>(
  name: string,
  answer: () => string | undefined,
  parse: (text: string) => T,
): InputSpec<T | undefined> {
  const given = optional(name, parse)
  return { name, read: (text) => given.read(text || answer() || '') }
}

/** A variable that every runner sets for a step. */
export function variable(name: string): () => string | undefined {
  return () => process.env[name]
}

/** The address of this run on its forge. */
export function runUrl(): string | undefined {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: id,
  } = process.env
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : undefined
}
