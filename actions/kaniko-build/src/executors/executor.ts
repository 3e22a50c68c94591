import type { BuildDeadline } from '../build-deadline.ts'
import type { BuildRequest } from '../build-request.ts'

/**
 * Where kaniko, inside its executor, finds and leaves things. Paths are as kaniko sees them, not as
 * this action does.
 */
export interface KanikoLayout {
  /** `dir:///kaniko/context`, or `tar://stdin` for a gzipped tar on its stdin. */
  readonly context: string
  readonly digestFile: string
  /** PEM files, present only where the request has a CA or a client certificate. */
  readonly caFile: string
  /** Whether the file of the CA is there even where the request has none. */
  readonly bringsCa?: boolean
  readonly clientCertificateFile: string
  readonly clientKeyFile: string
  /** The folder with one file per build secret, named by its id. */
  readonly secretsDirectory: string
  /** What kaniko must neither delete between stages nor take into the image. */
  readonly ignoredPaths: readonly string[]
  /** Flags that only this executor needs, such as `--cleanup`. */
  readonly ownFlags: readonly string[]
}

/** What the executor binary says of itself; probed, never assumed (facts: kaniko.md 1). */
export interface KanikoAbilities {
  /** Which fork it looks like, for the log and the summary. */
  readonly fork: 'osscontainertools' | 'chainguard' | 'google'
  /** As printed by `executor version`. */
  readonly version: string
  /** The flags it knows, such as `--secret`. */
  readonly flags: ReadonlySet<string>
}

/** What a build that ended with exit code 0 left. Nothing of it is trusted yet. */
export interface KanikoEvidence {
  /** The content of --digest-file, or undefined where there is none. */
  readonly digestText: string | undefined
  /**
   * The content of `$BUILDER_OUTPUT/images`, kaniko's record of what it pushed; undefined where there
   * is none. An executor that cannot hand it over says so by `recordsPushes`.
   */
  readonly pushRecord: string | undefined
}

/**
 * A place where kaniko can run and eat the filesystem around it.
 *
 * The order is: `open` (says what is missing before any work is done), `probe`, `run`, `close`.
 * `close` runs in a finally, and what must go after a SIGKILL too is also undone by post.
 */
export interface Executor {
  readonly name: 'sandbox' | 'in-place' | 'kubernetes'
  readonly layout: KanikoLayout
  /** Whether `run` hands over kaniko's own record of its pushes. */
  readonly recordsPushes: boolean

  /**
   * Makes the place ready, with credentials and certificates (0600).
   *
   * @throws KnownError PERMISSION_MISSING, EXECUTOR_REFUSED, TOOL_MISSING
   */
  open(request: BuildRequest): Promise<void>

  /**
   * Asks the executor binary what it is, in the place where it will run.
   *
   * @throws ToolFailure where it cannot be run; KnownError TOOL_TIMEOUT
   */
  probe(deadline: BuildDeadline): Promise<KanikoAbilities>

  /**
   * Runs kaniko to its end and hands over what it left.
   *
   * @param args the whole argv after the program
   * @throws ToolFailure on any exit code but 0; KnownError TOOL_TIMEOUT
   */
  run(args: readonly string[], request: BuildRequest): Promise<KanikoEvidence>

  /** Ends what still runs and removes the place with all that is secret in it. */
  close(): Promise<void>
}
