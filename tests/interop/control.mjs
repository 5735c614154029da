// What every script here has in common: an HTTP server on loopback, and an end that is sure.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// Writes a line that the tests must not see: the library found a frame of the tool wrong.
export function complain(text) {
    process.stderr.write(`complaint: ${text}\n`);
}

// Lets work go on by itself; an error in it is a fault of the script, a power cut is none.
export function run(work) {
    return work.catch((error) => {
        if (error.name !== 'AbortError') complain(error.stack);
    });
}

// Answers each POST with the status that `act(path segments, query, body)` returns.
export async function serve(act) {
    const server = createServer(async (request, response) => {
        const url = new URL(request.url, 'http://127.0.0.1');
        let text = '';
        for await (const part of request) text += part;
        const path = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
        const known = request.method === 'POST' ? act(path, url.searchParams, text) : 404;
        response.writeHead(known).end();
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return server;
}

// Tells the tests the port; each line that they write goes to `told`, their end is ours.
export function announce(server, told = () => {}, ended = () => {}) {
    const lines = createInterface({ input: process.stdin });
    lines.on('line', told);
    lines.on('close', () => {
        ended();
        process.exit(0);
    });
    process.stdout.write(`${server.address().port}\n`);
}

// Hands a station's operator contract (/api/v1/...) to the methods of `rig`; 501 without one.
export function stationContract(rig) {
    const methods = {
        ...{ plugin: 'plugIn', plugout: 'plugOut', unplugev: 'unplugEv', authorize: 'present' },
        ...{ reboot: 'reboot', power: 'power', state: 'state' },
    };
    return ([api, version, name], query) => {
        const act = rig[methods[name]];
        if (api !== 'api' || version !== 'v1') return 404;
        if (act === undefined) return 501;
        return act.call(rig, Number(query.get('evse_id')), query.get('id'), query) ?? 202;
    };
}
