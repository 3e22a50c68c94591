import type { HttpsResponse } from '@tierseal/https'
import { isRecord, tryJson } from '@tierseal/json'
import { type Digest, tryDigest } from '@tierseal/oci'
import { isAbsent } from './answers.ts'
import { followBlob } from './blob-redirects.ts'
import { explainTooLarge, proveSize } from './blob-size.ts'
import { type RegistryClientOptions, RegistryConnection } from './connection.ts'
import { contentDigest, proveContent } from './content.ts'
import { type Descriptor, descriptorsOf } from './descriptor.ts'
import { arrayField } from './json.ts'
import { bareMediaType, isIndex, manifestAccept, ociIndex } from './media-types.ts'

/** What HEAD tells of a manifest. */
export interface ManifestHead {
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
}

/** A manifest whose bytes were hashed here. */
export interface StoredManifest {
  readonly digest: Digest
  readonly mediaType: string
  readonly bytes: Buffer
}

/** The artifacts that refer to an image. */
export interface Referrers {
  /** Whether the registry has the referrers API; else they come from the fallback tag. */
  readonly api: boolean
  readonly descriptors: readonly Descriptor[]
}

// Statuses by which registries say that they have no referrers API (as go-containerregistry reads them).
const withoutReferrersApi = [400, 404, 405, 406]

/**
 * Reads one registry. Every operation is idempotent, is tried again on 429, 5xx and broken connections
 * within its deadline, and throws a KnownError for every answer that a registry can give. A reference is
 * a digest or a tag.
 */
export class RegistryClient {
  readonly #options: RegistryClientOptions
  readonly #connection: RegistryConnection

  constructor(options: RegistryClientOptions, connection = new RegistryConnection(options)) {
    this.#options = options
    this.#connection = connection
  }

  /**
   * The same client, for what has to end by then however many questions it takes: it asks nothing from that
   * moment on (as Date.now()). It is closed together with this one.
   */
  until(endsAt: number): RegistryClient {
    return new RegistryClient(this.#options, this.#connection.until(endsAt))
  }

  /**
   * Digest, type and size of a manifest; undefined where the registry has none under this reference.
   *
   * @throws KnownError REGISTRY_DIGEST_MISMATCH where another digest comes back than was asked for
   */
  async headManifest(path: string, reference: string): Promise<ManifestHead | undefined> {
    const response = await this.#askManifest('HEAD', path, reference)
    if (response === undefined) return undefined
    const digest = tryDigest(headerOf(response, 'docker-content-digest'))
    if (digest === undefined) return this.#headByGet(path, reference)
    proveContent(digest, tryDigest(reference), this.#manifestSubject(path, reference))
    const mediaType = bareMediaType(response.headers['content-type'])
    return { digest, mediaType, size: Number(response.headers['content-length'] ?? 0) }
  }

  /**
   * A manifest, hashed here; undefined where the registry has none under this reference.
   *
   * @throws KnownError REGISTRY_DIGEST_MISMATCH where body, header and reference disagree
   */
  async getManifest(path: string, reference: string): Promise<StoredManifest | undefined> {
    const response = await this.#askManifest('GET', path, reference)
    if (response === undefined) return undefined
    const subject = this.#manifestSubject(path, reference)
    const digest = contentDigest(response.body)
    proveContent(digest, tryDigest(headerOf(response, 'docker-content-digest')), subject)
    proveContent(digest, tryDigest(reference), subject)
    const mediaType = bareMediaType(response.headers['content-type'])
    return { digest, mediaType, bytes: response.body }
  }

  /**
   * A blob, hashed here; undefined where the registry has none. Redirects get no credentials.
   *
   * @param manifest the one whose descriptor names the blob, for messages
   * @throws KnownError REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH where the descriptor does not fit
   */
  async getBlob(
    path: string,
    blob: Pick<Descriptor, 'digest' | 'size'>,
    manifest: Digest,
  ): Promise<Buffer | undefined> {
    const rest = `blobs/${blob.digest}`
    const subject = this.#connection.subject(path, `blob ${blob.digest}`)
    const body = await this.#readBlob(path, rest, subject).catch((error: unknown) => {
      throw explainTooLarge(error, { size: blob.size, manifest, subject })
    })
    if (body === undefined) return undefined
    proveContent(contentDigest(body), blob.digest, subject)
    proveSize(body.length, { size: blob.size, manifest, subject })
    return body
  }

  /** What refers to an image: from the referrers API, else from the fallback tag `sha256-<hex>`. */
  async listReferrers(path: string, digest: Digest): Promise<Referrers> {
    const rest = `referrers/${digest}`
    const first = await this.#connection.ask({ path, rest, accept: ociIndex })
    const isIndexed = bareMediaType(first.headers['content-type']) === ociIndex
    if (first.status === 200 && isIndexed) {
      return {
        api: true,
        descriptors: await this.#connection.readPages(first, { path, rest }, manifestsOf),
      }
    }
    if (first.status !== 200 && !withoutReferrersApi.includes(first.status)) {
      const subject = this.#connection.subject(path, `referrers of ${digest}`)
      this.#connection.demandSuccess(first, subject)
    }
    return { api: false, descriptors: await this.#fallbackReferrers(path, digest) }
  }

  /** The tags of a repository; empty where the registry does not know it. */
  async tagsList(path: string): Promise<readonly string[]> {
    const rest = 'tags/list?n=1000'
    const first = await this.#connection.ask({ path, rest, accept: 'application/json' })
    if (isAbsent(first)) return []
    this.#connection.demandSuccess(first, this.#connection.subject(path, 'tags'))
    return this.#connection.readPages(first, { path, rest }, tagsOf)
  }

  /** Ends the idle connections. */
  close(): void {
    this.#connection.close()
  }

  async #askManifest(
    method: 'GET' | 'HEAD',
    path: string,
    reference: string,
  ): Promise<HttpsResponse | undefined> {
    const rest = `manifests/${reference}`
    const response = await this.#connection.ask({ method, path, rest, accept: manifestAccept })
    if (isAbsent(response)) return undefined
    this.#connection.demandSuccess(response, this.#manifestSubject(path, reference))
    return response
  }

  #manifestSubject(path: string, reference: string): string {
    return this.#connection.subject(path, `manifest ${reference}`)
  }

  async #headByGet(path: string, reference: string): Promise<ManifestHead | undefined> {
    const manifest = await this.getManifest(path, reference)
    if (manifest === undefined) return undefined
    const { digest, mediaType, bytes } = manifest
    return { digest, mediaType, size: bytes.length }
  }

  async #readBlob(path: string, rest: string, subject: string): Promise<Buffer | undefined> {
    const deadlineAt = this.#connection.deadlineAt()
    const first = await this.#connection.ask({ path, rest, accept: '*/*' })
    if (isAbsent(first)) return undefined
    const from = this.#connection.url(path, rest)
    const response = await followBlob(first, from, { ...this.#options, deadlineAt })
    this.#connection.demandSuccess(response, subject)
    return response.body
  }

  async #fallbackReferrers(path: string, digest: Digest): Promise<readonly Descriptor[]> {
    const manifest = await this.getManifest(path, digest.replace(':', '-'))
    // `cosign copy` leaves the image itself under this tag (facts: cosign.md 3).
    if (manifest === undefined || !isIndex(manifest.mediaType)) return []
    return manifestsOf(tryJson(manifest.bytes.toString('utf8')))
  }
}

function headerOf(response: HttpsResponse, name: string): string {
  const value = response.headers[name]
  return typeof value === 'string' ? value : ''
}

function manifestsOf(body: unknown): readonly Descriptor[] {
  return isRecord(body) ? descriptorsOf(body, 'manifests') : []
}

function tagsOf(body: unknown): readonly string[] {
  const tags = isRecord(body) ? arrayField(body, 'tags') : []
  return tags.filter((tag): tag is string => typeof tag === 'string')
}
