// Starts the demo as a user would and reads from its output where it listens.
import { spawn } from 'node:child_process';

export async function demo(binary) {
  const child = spawn(binary, ['demo', '--addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const place = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the demo did not come up:\n${text}`)), 120_000);
    child.stdout.on('data', part => {
      text += part;
      const api = /(http:\/\/[^\s/]+)\/graphql#token=(\S+)/.exec(text);
      const control = /(http:\/\/[^\s/]+)\/customers\/say/.exec(text);
      const number = /"phone_number_id":"(\d+)"/.exec(text);
      if (api && control && number) {
        clearTimeout(late);
        resolve({ base: api[1], token: api[2], control: control[1], number: number[1] });
      }
    });
    child.on('exit', code => reject(new Error(`the demo ended with ${code}:\n${text}`)));
  });
  return { ...place, stop: () => { child.removeAllListeners('exit'); child.kill('SIGTERM'); } };
}
