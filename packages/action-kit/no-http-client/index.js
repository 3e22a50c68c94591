// @actions/core imports these for OIDC tokens only, which the actions never ask for.
const refuse = () => {
  throw new Error('this bundle carries no HTTP client: OIDC tokens are not used')
}

export class HttpClient {
  constructor() {
    refuse()
  }
}

export class BearerCredentialHandler {
  constructor() {
    refuse()
  }
}
