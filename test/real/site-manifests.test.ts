import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacksTools } from '@tierseal/test-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { root } from '../../scripts/root.ts'
import { type CrdSchema, flaws, readSchemas } from './site/crd-schema.ts'
import { goModule } from './site/go-module.ts'

const examples = join(root, 'examples')

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
}

function manifestsOf(pattern: string): readonly (readonly [path: string, manifest: Manifest])[] {
  return globSync(pattern, { cwd: examples }).flatMap((path) =>
    parseAllDocuments(readFileSync(join(examples, path), 'utf8')).map(
      (document) => [path, document.toJS()] as const,
    ),
  )
}

function flawsOf(schemas: ReadonlyMap<string, CrdSchema>, pattern: string): readonly string[] {
  return manifestsOf(pattern).flatMap(([path, manifest]) => {
    const schema = schemas.get(`${manifest.apiVersion} ${manifest.kind}`)
    if (schema === undefined)
      return [`${path}: no schema for ${manifest.apiVersion} ${manifest.kind}`]
    return flaws(schema, manifest).map((flaw) => `${path}${flaw}`)
  })
}

// They come as Go modules, like the tools; a machine without those has no Go to ask.
describe.skipIf(lacksTools('kyverno'))(
  'generated manifests against the CRDs of their products',
  () => {
    let kyverno: ReadonlyMap<string, CrdSchema>
    let argocd32: ReadonlyMap<string, CrdSchema>
    let argocd35: ReadonlyMap<string, CrdSchema>

    beforeAll(() => {
      const kyvernoFolder = goModule(
        'github.com/kyverno/kyverno@v1.19.1',
        'h1:/MkgFii3/VlQfKR1JpC9tVwNNVNQTt2S4U6qCsafsTU=',
      )
      kyverno = readSchemas(
        [
          'kyverno/kyverno.io_clusterpolicies.yaml',
          'policies.kyverno.io/policies.kyverno.io_imagevalidatingpolicies.yaml',
        ].map((file) => join(kyvernoFolder, 'config/crds', file)),
      )
      const crds = ['application-crd.yaml', 'appproject-crd.yaml']
      const argocdSchemas = (folder: string) =>
        readSchemas(crds.map((file) => join(folder, 'manifests/crds', file)))
      argocd32 = argocdSchemas(
        goModule(
          'github.com/argoproj/argo-cd/v3@v3.2.6',
          'h1:nDCjBnHyxUf6JFuCKjuuXHS23LFj6/TjuO/APrS1ku4=',
        ),
      )
      argocd35 = argocdSchemas(
        goModule(
          'github.com/argoproj/argo-cd/v3@v3.5.7',
          'h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=',
        ),
      )
    })

    test('policies for Kyverno', () => {
      expect(manifestsOf('*/platform/*/kyverno/images*.yaml')).toHaveLength(9)
      expect(flawsOf(kyverno, '*/platform/*/kyverno/images*.yaml')).toEqual([])
    })

    test('projects and applications for Argo CD 3.2, with signatureKeys', () => {
      expect(flawsOf(argocd32, 'site/platform/{dev,staging}/argocd/*.yaml')).toEqual([])
    })

    test('projects and applications for Argo CD 3.5, with sourceIntegrity', () => {
      expect(flawsOf(argocd35, 'site/platform/prod/argocd/*.yaml')).toEqual([])
      expect(flawsOf(argocd35, 'site-github/platform/*/argocd/*.yaml')).toEqual([])
    })

    test('sourceIntegrity is no field of Argo CD 3.2: the check sees a field that there is not', () => {
      expect(flawsOf(argocd32, 'site/platform/prod/argocd/project.yaml')).toEqual([
        'site/platform/prod/argocd/project.yaml.spec.sourceIntegrity: unknown field',
      ])
    })
  },
)
