import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says when it wanted a public service, which an air-gapped site does not have. */
export const publicServiceDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /user declined the prompt/,
    code: 'SIGN_PROMPT',
    cause: 'cosign asked whether to publish to the transparency log, and nobody answered.',
    remedy: 'Give --yes and switch the log off.',
  },
  {
    pattern: /appears to be a private repository, please confirm uploading to the transparency log/,
    code: 'SIGN_TRANSPARENCY_LOG',
    cause: 'cosign wanted to publish this private repository to the transparency log.',
    remedy: 'Switch the log off.',
  },
  {
    pattern: /rekor\.sigstore\.dev/,
    code: 'SIGN_TRANSPARENCY_LOG',
    cause: 'cosign tried the public transparency log, which this site cannot reach.',
    remedy:
      'Switch the log off: --tlog-upload=false, with cosign 3 also --use-signing-config=false.',
  },
  {
    pattern: /error getting signing config from TUF/,
    code: 'SIGN_TRUST_ROOT',
    cause: 'cosign 3 asked the public trust root for a signing configuration.',
    remedy: 'Give --signing-config with an empty one, or --use-signing-config=false.',
  },
  {
    pattern: /--tlog-upload=false is not supported with --signing-config or --use-signing-config/,
    code: 'SIGN_ARGUMENTS',
    cause: 'A command line for cosign 2 was run with cosign 3.',
    remedy: 'Add --use-signing-config=false.',
  },
  {
    pattern: /must provide --new-bundle-format or --bundle where applicable/,
    code: 'SIGN_ARGUMENTS',
    cause: 'A signing configuration cannot go with --new-bundle-format=false.',
    remedy: 'Use --use-signing-config=false --tlog-upload=false for the legacy format.',
  },
  {
    pattern: /getting Rekor public keys/,
    code: 'SIGN_TRUST_ROOT',
    cause: 'cosign 2 wanted the keys of the public transparency log to verify.',
    remedy: 'Add --private-infrastructure and --trusted-root with an empty one.',
  },
  {
    pattern: /getting trusted root from TUF for new bundle verification/,
    code: 'SIGN_TRUST_ROOT',
    cause: 'cosign 3 wanted the public trust root to verify.',
    remedy: 'Add --insecure-ignore-tlog.',
  },
  {
    pattern: /trusted root is required when using new bundle format/,
    code: 'SIGN_TRUST_ROOT',
    cause: 'cosign 2 wants a trusted root to verify a bundle.',
    remedy: 'Give --trusted-root with an empty one.',
  },
  {
    pattern: /not enough verified log entries from transparency log/,
    code: 'SIGN_TRANSPARENCY_LOG',
    cause:
      'The verification asks for an entry in the transparency log, which is never written here.',
    remedy: 'Add --insecure-ignore-tlog.',
  },
]

/** A warning that cosign goes on after: it explains a failure only where nothing else does. */
export const trustRootWarning: Diagnosis = {
  pattern: /Could not fetch trusted_root\.json from the TUF repository/,
  code: 'SIGN_TRUST_ROOT',
  cause:
    'cosign asked the public trust root first, which takes a minute where packets are dropped.',
  remedy: 'Give --trusted-root with an empty one.',
}
