import type { Diagnosis } from './diagnosis.ts'

/** What kustomize prints when it fails. */
export const kustomizeDiagnoses: readonly Diagnosis[] = [
  {
    pattern: /must specify --enable-helm|must specify --enable-exec|--enable-alpha-plugins/,
    code: 'PIN_BUILD_FAILED',
    cause: 'The overlay needs helm, exec or a plugin, which never run while a pin is proven.',
    remedy: 'Render the chart into the GitOps repository, or pin in an overlay without it.',
  },
  {
    pattern:
      /git cmd|executable 'git'|proxyconnect|HTTP Error: status code|no 'git' program|on path: exec: "git"|executable file not found/,
    code: 'PIN_REMOTE_RESOURCE',
    cause: 'The overlay refers to a remote resource; nothing is fetched while a pin is proven.',
    remedy: 'Vendor the remote base into the GitOps repository.',
  },
  {
    pattern: /security; file .* is not in or below|is not in or below/,
    code: 'PIN_PATH_REFUSED',
    cause: 'The overlay reads a file outside its own directory.',
    remedy: 'Make the file part of a base, and refer to the base.',
  },
  {
    pattern:
      /no such file or directory|unable to find one of 'kustomization.yaml'|must build at directory/,
    code: 'PIN_BUILD_FAILED',
    cause: 'The overlay refers to a file or directory that the branch does not hold.',
    remedy: 'Correct the reference; symbolic links and submodules count as absent.',
  },
  {
    pattern: /json: unknown field|invalid Kustomization|yaml: line \d+|MalformedYAMLError/,
    code: 'PIN_KUSTOMIZATION_INVALID',
    cause: 'A file of the overlay does not have the shape that Kustomize defines.',
    remedy: 'Run `kustomize build` on the overlay and correct what it says.',
  },
]
