// Builds what the server needs of GraphiQL from the pinned npm packages:
//
//   dist/graphiql.js, dist/graphiql.css   embedded into the program when they exist at compile time (git-ignored)
//   cdn.html                              the same files from the public CDN with their hashes, for a
//                                         program that was compiled without them (committed)
//
// The packages publish files that a browser can run, so nothing is bundled: what is embedded is what the CDN serves, with its
// licenses before it and without the name of its source map.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const scripts = [
  ['react', 'umd/react.production.min.js'],
  ['react-dom', 'umd/react-dom.production.min.js'],
  ['graphiql', 'graphiql.min.js'],
];
const styles = [['graphiql', 'graphiql.min.css']];

const read = ([name, path]) => readFileSync(`node_modules/${name}/${path}`);
const url = ([name, path]) => `https://unpkg.com/${name}@${dependencies[name]}/${path}`;
const integrity = file => `sha384-${createHash('sha384').update(read(file)).digest('base64')}`;

for (const name of Object.keys(dependencies)) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
  if (version !== dependencies[name]) throw new Error(`${name} is ${version}, not ${dependencies[name]}: run npm ci`);
}

const license = ([name]) => `/*! ${name} ${dependencies[name]}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}*/\n`;
const together = files => files.map(file => license(file) + read(file).toString().replace(/^\/\/# sourceMappingURL=.*$/m, '')).join('\n;\n');
writeFileSync('dist/graphiql.js', together(scripts));
writeFileSync('dist/graphiql.css', together(styles));
writeFileSync('cdn.html', [
  ...styles.map(file => `<link rel="stylesheet" href="${url(file)}" integrity="${integrity(file)}" crossorigin="anonymous">`),
  ...scripts.map(file => `<script nonce="{{nonce}}" src="${url(file)}" integrity="${integrity(file)}" crossorigin="anonymous"></script>`),
].join('\n') + '\n');
console.log('built dist/graphiql.js, dist/graphiql.css and cdn.html');
