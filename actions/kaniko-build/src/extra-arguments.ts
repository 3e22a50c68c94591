import { KnownError } from '@tierseal/errors'

export type EngineName = 'kaniko' | 'buildah'

const digestGuard = 'it would undo the guard of the digest'
const pushGuard = 'the image would not be pushed'
const tlsGuard = 'use the inputs plain-http and skip-tls-verify, which say so in the summary'
const accessInputs = 'use the registry-* and docker-config inputs'
const ownPlace = 'the executor owns the place where it runs'

// Compared without dashes and in lower case, since kaniko still knows camel-case names.
const refusedByKaniko: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(digestfile|imagename(tag)?withdigestfile)$/, digestGuard],
  [/^(nopush|dryrun|tarpath|ocilayoutpath)$/, pushGuard],
  [/^pushignoreimmutabletagerrors$/, 'the tag would keep an older image, with success reported'],
  [/^skippushpermissioncheck$/, 'a missing permission would show only after the build'],
  [/^(insecure|skiptlsverify)/, tlsGuard],
  [/^(registrycertificate|registryclientcert)$/, accessInputs],
  [/^(kanikodir|force|cleanup|precleanup|preservecontext|cachedir)$/, ownPlace],
  [/^destination$/, 'use the input destination'],
  [/^(context|contextsubpath|git|bucket)$/, 'use the input context'],
  [/^registry(map|mirrors?)$/, 'use the input registry-mirrors'],
  [/^skipdefaultregistryfallback$/, 'no public registry is asked'],
  [/^credentialhelpers$/, 'it would ask services outside of the site'],
  [/^(dockerfile|target|label|reproducible|verbosity)$/, 'use the input of the same name'],
  [/^(customplatform)$/, 'use the input platform'],
  [/^buildarg$/, 'use the input build-args'],
  [/^secret$/, 'use the inputs secret-files and secret-envs'],
  [/^(cache|cacherepo)$/, 'use the input cache-repository'],
  [/^(logformat|logtimestamp)$/, 'the log is read by this action'],
  [/^help$/, pushGuard],
]

const refusedByBuildah: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(iidfile|manifest|output|quiet|logfile|logsplit)$/, digestGuard],
  [/^tlsverify$/, tlsGuard],
  [/^(creds|authfile|certdir|signby|signaturepolicy|decryptionkey)$/, accessInputs],
  [
    /^(volume|device|hooksdir|runtime|runtimeflag|capadd|securityopt)$/,
    'it opens the runner to the build',
  ],
  [/^(isolation|userns.*|ipc|pid|uts|cgroupns|cgroupparent|root|runroot|storage.*)$/, ownPlace],
  [/^tag$/, 'use the input destination'],
  [/^(file|ignorefile)$/, 'use the input dockerfile'],
  [/^(allplatforms|platform|os|arch|variant)$/, 'use the input platform'],
  [/^(target|label)$/, 'use the input of the same name'],
  [/^buildarg$/, 'use the input build-args'],
  [/^(secret|ssh)$/, 'use the inputs secret-files and secret-envs'],
  [/^(cachefrom|cacheto|layers)$/, 'use the input cache-repository'],
  [/^timestamp$/, 'use the input reproducible'],
  [/^(stdin|help)$/, pushGuard],
]

const refused = { kaniko: refusedByKaniko, buildah: refusedByBuildah } as const

/**
 * Lets an extra argument pass, or refuses it by name.
 *
 * @throws KnownError ARGUMENT_REFUSED
 */
export function parseExtraArgument(engine: EngineName, line: string): string {
  const name = /^--([A-Za-z][A-Za-z0-9_-]*)(?:=|$)/.exec(line)?.[1]
  if (name === undefined) {
    throw new KnownError(
      'ARGUMENT_REFUSED',
      `extra-args: ${JSON.stringify(line)} is not --name[=value]`,
      {
        hint: 'Write one argument per line, with = before its value and without quotes.',
      },
    )
  }
  const plain = name.replaceAll(/[-_]/g, '').toLowerCase()
  const reason = refused[engine].find(([pattern]) => pattern.test(plain))?.[1]
  if (reason === undefined) return line
  throw new KnownError('ARGUMENT_REFUSED', `extra-args: --${name} is refused: ${reason}`, {
    hint: 'Leave the refused arguments out, or use the inputs that are named.',
  })
}
