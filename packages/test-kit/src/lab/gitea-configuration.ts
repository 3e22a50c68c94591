import { labPath, nodeAddress, ports } from './layout.ts'
import { passwordFor } from './site-account.ts'

/** app.ini of a forge with no way out: nothing that it would fetch, ask or announce is left on. */
export function giteaConfiguration(url: string): string {
  return `APP_NAME = tierseal lab
RUN_USER = nobody
RUN_MODE = prod
WORK_PATH = ${labPath('gitea')}
[server]
PROTOCOL = https
HTTP_ADDR = ${nodeAddress}
HTTP_PORT = ${ports.gitea}
ROOT_URL = ${url}/
LOCAL_ROOT_URL = ${url}/
CERT_FILE = ${labPath('gitea', 'tls.pem')}
KEY_FILE = ${labPath('gitea', 'tls.key')}
STATIC_ROOT_PATH = ${labPath('assets', 'gitea')}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = ${labPath('gitea', 'data', 'gitea.db')}
SQLITE_JOURNAL_MODE = WAL
[repository]
ROOT = ${labPath('gitea', 'repositories')}
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = ${passwordFor('gitea secret key')}
[service]
DISABLE_REGISTRATION = true
[actions]
ENABLED = true
DEFAULT_ACTIONS_URL = self
[cron.update_checker]
ENABLED = false
[picture]
DISABLE_GRAVATAR = true
[indexer]
ISSUE_INDEXER_TYPE = db
[log]
MODE = console
LEVEL = warn
`
}
