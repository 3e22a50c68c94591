import type { CodeTable } from '../code-entry.ts'

/** The sign link. */
export const signCodes = {
  SIGN_FAILED: {
    meaning: 'cosign could not sign, for a reason that is not in the table of known failures.',
    remedy: 'Read the last lines of its output, which the message quotes.',
  },
  SIGN_IMAGE_ABSENT: {
    meaning: 'The registry does not hold the image that is to be signed.',
    remedy: 'Look at whether the push ended; sign the digest that the build step gave.',
  },
  SIGN_INDEX: {
    meaning:
      'An index that is to be signed with all its images names one that cannot be read, or too many.',
    remedy: 'Push the index again with sha256 digests, or sign its images by name.',
  },
  SIGN_NO_IMAGE: {
    meaning: 'No image was named.',
    remedy: 'Pass the output `image` of kaniko-build or assert-digest.',
  },
  SIGN_KEY_MISSING: {
    meaning: 'The key is not where the input says: an unset variable, or an unreadable file.',
    remedy: 'Check the name of the variable or file; prefer the handle of vault-fetch-key.',
  },
  SIGN_KEY_FORM: {
    meaning: 'The private key is not an encrypted cosign key in PEM, or is damaged.',
    remedy: 'Store the file cosign.key byte for byte; the message says what was recognised.',
  },
  SIGN_KEY_RSA: {
    meaning:
      'The key is RSA. cosign import-key-pair accepts such keys, but the action works with ECDSA P-256 only. Nothing was signed.',
    remedy: 'Make an ECDSA P-256 key: cosign generate-key-pair, or in transit as ecdsa-p256.',
  },
  SIGN_KEY_CURVE: {
    meaning:
      'The key is ECDSA on another curve than P-256, such as P-384. cosign import-key-pair accepts such keys, but the action works with ECDSA P-256 only. Nothing was signed.',
    remedy: 'Make a key on P-256: cosign generate-key-pair, or in transit as ecdsa-p256.',
  },
  SIGN_KEY_ED25519: {
    meaning:
      'The key is Ed25519. cosign import-key-pair accepts such keys, but the action works with ECDSA P-256 only. Nothing was signed.',
    remedy: 'Make an ECDSA P-256 key: cosign generate-key-pair, or in transit as ecdsa-p256.',
  },
  SIGN_KEY_TYPE: {
    meaning: 'The key is of a kind that neither this action nor cosign signs with.',
    remedy: 'Make an ECDSA P-256 key: cosign generate-key-pair, or in transit as ecdsa-p256.',
  },
  SIGN_KEY_PASSWORD: {
    meaning: 'The password does not open the private key.',
    remedy: 'Store the password without a line break at its end; empty for a key without one.',
  },
  SIGN_KEY_MISMATCH: {
    meaning: "The private key is not the one behind the tier's public key. Nothing was signed.",
    remedy:
      'Compare the fingerprints; a rotation that stopped half-way looks like this: docs/runbooks/rotate-key.md.',
  },
  SIGN_KEY_PUBLIC: {
    meaning:
      'The public key is not one in PEM, or one of the two keys stands in the place of the other.',
    remedy: 'Pass the outputs of vault-fetch-key: public-key as public-key, and key as key.',
  },
  SIGN_KEYLESS: {
    meaning: 'cosign was about to sign without a key, with an identity from a public server.',
    remedy: 'Set the input key; an empty secret often means that its name is misspelt.',
  },
  SIGN_PROMPT: {
    meaning: 'cosign wanted an answer from a person.',
    remedy: 'Give --yes and set COSIGN_PASSWORD; this action always does.',
  },
  SIGN_TRANSPARENCY_LOG: {
    meaning: 'cosign wanted the public transparency log.',
    remedy:
      'Switch the log off, as this action does: --tlog-upload=false to sign, with cosign 3 also --use-signing-config=false; --insecure-ignore-tlog to verify.',
  },
  SIGN_TRUST_ROOT: {
    meaning: 'cosign wanted the public trust root (TUF).',
    remedy:
      'Give cosign an empty trusted root with --trusted-root, and cosign 3 an empty signing configuration with --signing-config, as this action does.',
  },
  SIGN_ARGUMENTS: {
    meaning: 'The command line is for another major version of cosign.',
    remedy: 'Let this action build the arguments; use cosign 2.6 or 3.0.3 and later.',
  },
  SIGN_FORMAT: {
    meaning:
      'This version of cosign cannot do what is asked: annotations in a bundle, or an equals sign in one.',
    remedy:
      'Use cosign 3; or format legacy, and annotations without an equals sign in their value.',
  },
  SIGN_HIDDEN: {
    meaning: 'Something beside the signature keeps it from being seen by verifiers.',
    remedy: 'Use format bundle, or remove the artifacts that the message names.',
  },
  SIGN_ABSENT: {
    meaning: 'No signature was found on the image.',
    remedy: 'Sign it; a copy between registries loses bundle and oci-1-1 signatures.',
  },
  SIGN_OTHER_KEY: {
    meaning: 'The image is signed, but not by this key.',
    remedy: 'Compare the fingerprints of the keys, and sign with the one of the tier.',
  },
  SIGN_NOT_A_SIGNATURE: {
    meaning: 'What the key signed is an attestation, not a signature of the image.',
    remedy: 'Use another key for attestations; sign the image.',
  },
  SIGN_ANNOTATIONS: {
    meaning: 'The signature is good but has other annotations than asked for.',
    remedy: 'Sign again with the annotations; do not use annotations to tell tiers apart.',
  },
  SIGN_LOST: {
    meaning: 'Another writer kept overwriting the signature until the deadline.',
    remedy:
      'Let one job at a time sign an image, or use format bundle on a registry with the referrers API.',
  },
  SIGN_TRANSIT: {
    meaning: 'The key in the transit engine cannot be used.',
    remedy: 'Check the mount, the name and the policy of the key.',
  },
  SIGN_KUBERNETES_KEY: {
    meaning: 'A key in a Kubernetes secret was named, and this is no pod that may read it.',
    remedy: 'Use the handle of vault-fetch-key.',
  },
  SIGN_BUNDLE_COPY: {
    meaning: 'cosign save and load do not carry bundles from one registry to another.',
    remedy: 'Copy with oras copy -r, or sign again where the image arrives.',
  },
} as const satisfies CodeTable
