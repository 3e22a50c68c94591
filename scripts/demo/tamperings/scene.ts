import { type ActionResult, runAction } from '@tierseal/test-kit'
import { type Admission, judge } from '../admission.ts'
import { admissionOf, podWith } from '../chain.ts'
import type { Parts } from '../parts.ts'
import type { Tampering } from '../report.ts'
import type { SiteFiles } from '../site.ts'

/** What an attacker or a mistake has to work with. */
export interface Scene {
  readonly directory: string
  readonly parts: Parts
  readonly files: SiteFiles
  /** The image that the chain has pinned, by digest, and the tag that it was pushed with. */
  readonly image: string
  readonly tag: string
}

export type Attempt = (scene: Scene) => Promise<Tampering>

/** What a step of the site has to reach the registry with. */
export function registryInputs({ parts }: Scene): Readonly<Record<string, string>> {
  const { username, password } = parts.registry
  return {
    'registry-ca': parts.caPath,
    'registry-username': username,
    'registry-password': password,
  }
}

/** Runs an action that has to refuse, and for this reason: a step can fail for any other, too. */
export async function refusedByAction(
  name: string,
  action: string,
  code: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Tampering> {
  const { exitCode, annotations }: ActionResult = await runAction(action, { inputs, env })
  const message = annotations.map((annotation) => annotation.message).join('\n')
  const got = exitCode === 0 ? 'admitted' : 'refused'
  return { ...{ name, expected: 'refused', got, by: action, message }, because: code }
}

/** Lets Kyverno judge a pod that it has to refuse, in these words. */
export function refusedByKyverno(
  scene: Scene,
  name: string,
  image: string,
  because: string,
): Tampering {
  return judged(scene, name, image, 'refused', because)
}

/** Lets Kyverno judge a pod that it has to admit. */
export function admittedByKyverno(scene: Scene, name: string, image: string): Tampering {
  return judged(scene, name, image, 'admitted', 'every policy passes')
}

function judged(
  scene: Scene,
  name: string,
  image: string,
  expected: Tampering['expected'],
  because: string,
): Tampering {
  const file = name.replaceAll(/\W+/g, '-')
  const { decision, reasons } = judge(admission(scene), file, podWith(image))
  const message = decision === 'admitted' ? 'every policy passes' : reasons.join('\n')
  return { name, expected, got: decision, by: 'Kyverno', message, because }
}

function admission({ directory, parts, files }: Scene): Admission {
  return admissionOf(directory, parts, files, 'dev')
}
