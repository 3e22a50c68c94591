import { rotateRunbook } from '@tierseal/errors'
import type { Diagnosis } from '../diagnosis.ts'

/** What cosign says of a key or password that it cannot use. */
export const keyDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /open -----BEGIN|: file name too long/,
    code: 'SIGN_KEY_FORM',
    cause:
      'The text of the key stands where a path is expected, and cosign printed it into the log.',
    remedy: `Treat the key as exposed and rotate it: ${rotateRunbook}. Pass keys as env://NAME, and never name it COSIGN_KEY.`,
  },
  {
    pattern: /decrypt: encrypted: decryption failed/,
    code: 'SIGN_KEY_PASSWORD',
    cause: 'The password does not open the key: wrong, empty, or with a line break at its end.',
    remedy: 'Store the password without a line break; leave it empty for a key that has none.',
  },
  {
    pattern: /inappropriate ioctl for device/,
    code: 'SIGN_PROMPT',
    cause: 'COSIGN_PASSWORD is not set, and there is no terminal to ask at.',
    remedy: 'Set the password; the empty string for a key that has none.',
  },
  {
    pattern: /invalid pem block/,
    code: 'SIGN_KEY_FORM',
    cause: String.raw`The key is no PEM: base64 of it, on one line, with literal \n, cut short, or empty.`,
    remedy: 'Store the file cosign.key byte for byte.',
  },
  {
    pattern: /unsupported pem type: PUBLIC KEY/,
    code: 'SIGN_KEY_PUBLIC',
    cause: 'The public key stands where the private key is expected.',
    remedy: 'Swap the two.',
  },
  {
    pattern: /unsupported pem type: (?:EC |RSA |ENCRYPTED )?PRIVATE KEY/,
    code: 'SIGN_KEY_FORM',
    cause: 'The key was made by openssl; cosign has an encrypted form of its own.',
    remedy: 'Convert it with cosign import-key-pair.',
  },
  {
    pattern: /decrypt: (?:invalid character|unexpected end of JSON)/,
    code: 'SIGN_KEY_FORM',
    cause: 'The frame of the PEM is right, but what it holds is damaged.',
    remedy: 'Store the file cosign.key again, byte for byte.',
  },
  {
    pattern: /env var \$?\S+ not found/,
    code: 'SIGN_KEY_MISSING',
    cause: 'The variable that env:// names is not set for cosign.',
    remedy: 'Check the name, and the env of the step.',
  },
  {
    pattern: /oauth2\.sigstore\.dev|Generating ephemeral keys|using device flow/,
    code: 'SIGN_KEYLESS',
    cause: 'The key is empty, so cosign wanted to sign with an identity from a public server.',
    remedy: 'Set the key.',
  },
  {
    pattern: /unknown Public key PEM file type: ENCRYPTED/,
    code: 'SIGN_KEY_PUBLIC',
    cause: 'The private key stands where the public key is expected.',
    remedy: 'Verify with the public key; treat the private key as exposed if it was shared.',
  },
  {
    pattern: /unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST/,
    code: 'SIGN_KUBERNETES_KEY',
    cause: 'The key is named as k8s://, and this is not inside a pod.',
    remedy: 'Use the handle of vault-fetch-key.',
  },
]
