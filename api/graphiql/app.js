// GraphiQL with a field for the token. The token lives in this tab only (sessionStorage) and goes out as a bearer's,
// in a header over HTTP and in connection_init over the socket. `#token=..` in the address fills the field once.
'use strict';
(() => {
  const { createElement: h, useMemo, useState } = React;
  const settings = JSON.parse(document.getElementById('settings').textContent);
  const address = location.pathname.replace(/\/$/, '');
  const socketAddress = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${address}/ws`;
  const KEY = 'graphiql:bearer';

  const handed = new URLSearchParams(location.hash.slice(1)).get('token');
  if (handed) {
    sessionStorage.setItem(KEY, handed);
    history.replaceState(null, '', location.pathname + location.search);
  }

  const isSubscription = (params, document) => (document?.definitions ?? []).some(definition =>
    definition.kind === 'OperationDefinition' && definition.operation === 'subscription' &&
    (!params.operationName || definition.name?.value === params.operationName));

  const authorization = token => (token ? { Authorization: `Bearer ${token}` } : {});

  async function request(params, token, headers, refused) {
    if (!token) return { errors: [{ message: 'Paste a bearer token into the field above.' }] };
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...authorization(token),
        ...headers,
      },
      body: JSON.stringify(params),
    });
    refused(response.status === 401);
    const text = await response.text();
    try { return JSON.parse(text); } catch { return { errors: [{ message: `HTTP ${response.status}: ${text.slice(0, 500)}` }] }; }
  }

  // One socket per subscription: a page has few of them, and each ends with its own code.
  function subscribe(params, token) {
    return {
      subscribe(observer) {
        const socket = new WebSocket(socketAddress, 'graphql-transport-ws');
        const say = message => socket.send(JSON.stringify(message));
        let over = false;
        const end = last => { if (!over) { over = true; last(); socket.close(1000); } };
        socket.onopen = () => say({ type: 'connection_init', payload: authorization(token) });
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data);
          if (message.type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: params });
          else if (message.type === 'ping') say({ type: 'pong' });
          else if (over) return;
          else if (message.type === 'next') observer.next(message.payload);
          else if (message.type === 'error') end(() => { observer.next({ errors: message.payload }); observer.complete(); });
          else if (message.type === 'complete') end(() => observer.complete());
        };
        socket.onclose = ({ code, reason }) => end(() => observer.error(new Error(`the socket was closed: ${code} ${reason}`)));
        return {
          unsubscribe() {
            if (socket.readyState === WebSocket.OPEN) say({ id: '1', type: 'complete' });
            end(() => {});
          },
        };
      },
    };
  }

  function App() {
    const [token, setToken] = useState(sessionStorage.getItem(KEY) ?? '');
    const [draft, setDraft] = useState(token);
    const [refused, setRefused] = useState(false);
    const fetcher = useMemo(() => (params, options = {}) =>
      isSubscription(params, options.documentAST)
        ? subscribe(params, token)
        : request(params, token, options.headers, setRefused), [token]);
    const take = event => {
      event.preventDefault();
      const wanted = draft.trim();
      sessionStorage.setItem(KEY, wanted);
      setToken(wanted);
    };
    return h(GraphiQL, { fetcher, defaultQuery: settings.query },
      h(GraphiQL.Logo, null,
        h('form', { className: 'token', onSubmit: take },
          h('output', null, !token ? 'Paste a token and press Enter' : refused ? 'This token is not valid' : ''),
          h('input', {
            type: 'password', name: 'token', value: draft, placeholder: 'Bearer token', autoComplete: 'off',
            spellCheck: false, 'aria-label': 'Bearer token', className: !token || refused ? 'wanted' : '',
            onChange: event => setDraft(event.target.value), onBlur: take,
          }))));
  }

  ReactDOM.createRoot(document.getElementById('graphiql')).render(h(App));
})();
