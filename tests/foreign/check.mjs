// Clients that are not ours against the demo: fetch for queries and mutations, graphql-ws for live events.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { demo } from './demo.mjs';

const hub = await demo(process.argv[2]);
try {
  const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' };
  const graphql = async (query, variables) => {
    const answer = await fetch(`${hub.base}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const body = await answer.json();
    assert.equal(body.errors, undefined, JSON.stringify(body.errors));
    return body.data;
  };
  const say = text => fetch(`${hub.control}/customers/say`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phone_number_id: hub.number, wa_id: '886900000001', name: 'Foreign', text }),
  });

  const { conversations } = await graphql('{ conversations(label: ALL) { nodes { id status } } }');
  assert.equal(conversations.nodes.length, 1, 'the scene left one conversation');

  const socket = () => createClient({
    url: `${hub.base.replace('http', 'ws')}/graphql/ws`, webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${hub.token}` }, retryAttempts: 0,
  });
  const EVENTS = 'subscription ($after: Cursor) { events(after: $after) { cursor node { __typename } } }';
  // Reads events until `enough` says so; gives back the edges.
  const read = async (after, enough) => {
    const client = socket();
    const edges = [];
    for await (const { data, errors } of client.iterate({ query: EVENTS, variables: { after } })) {
      assert.equal(errors, undefined, JSON.stringify(errors));
      edges.push(data.events);
      if (enough(edges)) break;
    }
    await client.dispose();
    return edges.filter(edge => edge.node);
  };
  const position = edge => Number(edge.cursor.split('.').at(-1));
  const has = type => edges => edges.some(edge => edge.node?.__typename === type);

  // From the beginning, then on from the middle: nothing is missed and nothing comes twice.
  await say('How much is shipping inside Taiwan?');
  const { workspace } = await graphql('{ workspace { id } }');
  assert.ok(workspace.id.startsWith('ws_'));
  const live = read(null, has('MessageReceived'));
  await new Promise(done => setTimeout(done, 300));
  await say('運費怎麼算？');
  const first = await live;
  const again = await read(first[0].cursor, edges => edges.filter(edge => edge.node).length >= first.length - 1);
  assert.deepEqual(again.map(edge => edge.cursor).slice(0, first.length - 1), first.slice(1).map(edge => edge.cursor));
  const positions = first.map(position);
  positions.forEach((at, n) => assert.equal(at, positions[0] + n, 'positions are dense'));

  const mine = (await graphql('{ conversations(label: BOT) { nodes { id status contact { name } } } }')).conversations.nodes
    .find(node => node.contact.name === 'Foreign');
  const joined = (await graphql(
    'mutation ($id: ID!) { conversationJoin(input: { conversationId: $id }) { conversation { status } userErrors { code } eventCursor } }',
    { id: mine.id })).conversationJoin;
  assert.deepEqual(joined.userErrors, []);
  assert.equal(joined.conversation.status, 'PENDING_FIRST_RESPONSE');
  console.log('1 passed, 0 failed');
} finally {
  hub.stop();
}
