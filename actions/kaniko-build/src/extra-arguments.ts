import { KnownError } from '@tierseal/errors'

export type EngineName = 'kaniko' | 'buildah'

// A list of what may pass: an engine's next version, or a fork, may have a flag that undoes a guard and
// that no list of refusals knows (docs/decisions/0107-extra-arguments-by-name.md).
const allowed = {
  kaniko: {
    switches: [
      ...['cache-copy-layers', 'cache-run-layers', 'compressed-caching', 'ignore-var-run'],
      ...['no-push-cache', 'single-snapshot', 'skip-unused-stages', 'use-new-run'],
    ],
    values: [
      ...['annotation', 'cache-ttl', 'compression', 'compression-level', 'ignore-path'],
      ...['image-download-retry', 'image-format', 'image-fs-extract-retry', 'push-retry'],
      'snapshot-mode',
    ],
  },
  buildah: {
    switches: [
      ...['disable-compression', 'force-rm', 'no-cache', 'omit-history', 'rm'],
      ...['skip-unused-stages', 'squash'],
    ],
    values: [
      ...['add-host', 'annotation', 'cache-ttl', 'cap-drop', 'env', 'format', 'jobs'],
      ...['os-feature', 'os-version', 'retry', 'retry-delay', 'ulimit', 'unsetenv', 'unsetlabel'],
    ],
  },
} as const satisfies Record<EngineName, Readonly<Record<Kind, readonly string[]>>>

type Kind = 'switches' | 'values'

// What is asked for most, and where it belongs; compared without dashes, since kaniko knows camel case.
const reasons: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^(digestfile|imagename(tag)?withdigestfile|iidfile|manifest)$/,
    'it would undo the digest guard',
  ],
  [/^(nopush|dryrun|tarpath|ocilayoutpath|output)$/, 'the image would not be pushed'],
  [/^(insecure|skiptlsverify|tlsverify)/, 'the inputs plain-http and skip-tls-verify say it aloud'],
  [/^registry(map|mirror)$|^skipdefaultregistryfallback$/, 'use the input registry-mirrors'],
  [/^(registryc.*|credentialhelpers|creds|authfile|certdir)$/, 'use the registry-* inputs'],
  [/^(destination|tag)$/, 'use the input destination'],
  [/^(context|contextsubpath|git|bucket|buildcontext)$/, 'use the input context'],
  [/^(file|ignorefile)$/, 'use the input dockerfile'],
  [/^(dockerfile|target|label|reproducible|verbosity|platform)$/, 'use the input of the same name'],
  [/^(customplatform|allplatforms|os|arch|variant)$/, 'use the input platform'],
  [/^buildarg$/, 'use the input build-args'],
  [/^(secret|ssh)$/, 'use the inputs secret-files and secret-envs'],
  [/^(cache|cacherepo|cachefrom|cacheto|layers)$/, 'use the input cache-repository'],
  [/^timestamp$/, 'use the input reproducible'],
]

/**
 * Lets an extra argument pass that is known to be harmless, in a form in which it cannot swallow the next.
 *
 * @throws KnownError ARGUMENT_REFUSED
 */
export function parseExtraArgument(engine: EngineName, line: string): string {
  const [, name, value] = /^--([A-Za-z][A-Za-z0-9_-]*)(?:=(.*))?$/.exec(line) ?? []
  if (name === undefined) {
    throw refused(`${JSON.stringify(line)} is not --name[=value]`, form)
  }
  const { switches, values } = allowed[engine]
  if (includes(switches, name)) {
    if (value === undefined || value === 'true' || value === 'false') return line
    throw refused(`--${name} takes true or false, and not ${JSON.stringify(value)}`, form)
  }
  if (includes(values, name)) {
    if (value !== undefined && value !== '') return line
    throw refused(`--${name} needs a value`, form)
  }
  const plain = name.replaceAll(/[-_]/g, '').toLowerCase()
  const reason = reasons.find(([pattern]) => pattern.test(plain))?.[1]
  throw refused(
    `--${name} is refused: ${reason ?? 'it is none of those that are known to undo no guard'}`,
    `With ${engine} these may be given: ${[...switches, ...values].sort().join(', ')}.`,
  )
}

const form = 'Write one argument per line, with = before its value and without quotes.'

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name)
}

function refused(flaw: string, hint: string): KnownError {
  return new KnownError('ARGUMENT_REFUSED', `extra-args: ${flaw}`, { hint })
}
