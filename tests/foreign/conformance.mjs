// Runs conformance programs that lie in a folder (`http-audit.mjs`, `ws-conformance.mjs`) against the demo.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { demo } from './demo.mjs';

const [binary, folder] = process.argv.slice(2);
const hub = await demo(binary);
const run = (program, args, env = {}) =>
  spawnSync(process.execPath, [join(folder, program), ...args], { stdio: 'inherit', env: { ...process.env, ...env } }).status;
const http = run('http-audit.mjs', [`${hub.base}/graphql`], { HEADERS: JSON.stringify({ authorization: `Bearer ${hub.token}` }) });
// Our subscriptions are endless; a query over the socket is what ends by itself.
const ws = run('ws-conformance.mjs', [
  `${hub.base.replace('http', 'ws')}/graphql/ws`, '--sub', 'subscription { events { cursor } }', '--short', '{ __typename }',
  '--init', JSON.stringify({ token: hub.token }), '--bad-init', JSON.stringify({ token: 'nobody' }),
]);
hub.stop();
process.exit(http || ws ? 1 : 0);
