import type { CertificateAuthority, ClientCertificate } from '@tierseal/https'
import {
  type CredentialSource,
  type Credentials,
  demandUsableCredentials,
  resolveCredentials,
} from './credentials.ts'
import { RegistryClient } from './registry-client.ts'

/** How the registries of one step are reached. */
export interface RegistryPoolOptions {
  readonly credentials: CredentialSource
  readonly ca?: CertificateAuthority | undefined
  readonly clientCertificate?: ClientCertificate | undefined
  readonly plainHttp?: boolean | undefined
  readonly timeoutMs: number
  /** Sees every password before it is used, to mask it. */
  readonly onSecret: (secret: string) => void
}

/** One client per registry, made when it is first needed, so that connections and tokens are shared. */
export class RegistryPool {
  readonly #options: RegistryPoolOptions
  readonly #clients = new Map<string, Promise<RegistryClient>>()
  readonly #credentials = new Map<string, Credentials>()

  constructor(options: RegistryPoolOptions) {
    this.#options = options
  }

  /**
   * The client of a registry.
   *
   * @param host `host[:port]`
   * @throws KnownError INPUT_INVALID where one user name and password would go to a second registry
   */
  client(host: string): Promise<RegistryClient> {
    const known = this.#clients.get(host)
    if (known !== undefined) return known
    const client = this.#open(host)
    this.#clients.set(host, client)
    return client
  }

  /** The credentials of the registries opened so far, by host. */
  get credentials(): ReadonlyMap<string, Credentials> {
    return this.#credentials
  }

  /** Ends every idle connection. */
  async close(): Promise<void> {
    for (const result of await Promise.allSettled(this.#clients.values())) {
      if (result.status === 'fulfilled') result.value.close()
    }
  }

  async #open(host: string): Promise<RegistryClient> {
    const { credentials: source, onSecret, ...connection } = this.#options
    demandUsableCredentials(source, [...this.#clients.keys(), host])
    const credentials = await resolveCredentials(source, host)
    if (credentials !== undefined) {
      onSecret(credentials.password)
      this.#credentials.set(host, credentials)
    }
    return new RegistryClient({ host, credentials, ...connection })
  }
}
