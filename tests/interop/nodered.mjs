// A central system as a flow of Node-RED with node-red-contrib-ocpp: its WebSocket and framing, and
// a flow as its users draw one. It is told what to send by POST /send/<station>/<action>, with the
// payload of the OCPP request.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import RED from 'node-red';
import { announce, complain } from './control.mjs';

// A station that comes or goes is told as a message without a payload.
const ANSWER = `
if (msg.payload === undefined) return null;
const now = new Date().toISOString();
const tokens = {
    TAG001: 'Accepted', TAG002: 'Accepted', TAG003: 'Accepted',
    BLOCKED01: 'Blocked', EXPIRED01: 'Expired',
};
const family = { TAG001: 'GROUP1', TAG003: 'GROUP1' };
const { command, data } = msg.payload;
const idTagInfo = { status: tokens[data?.idTag] ?? 'Invalid' };
if (family[data?.idTag]) idTagInfo.parentIdTag = family[data.idTag];
function next() {
    const number = (flow.get('transactions') ?? 0) + 1;
    flow.set('transactions', number);
    return number;
}
const answers = {
    BootNotification: () => ({ status: 'Accepted', currentTime: now, interval: 5 }),
    Heartbeat: () => ({ currentTime: now }),
    Authorize: () => ({ idTagInfo }),
    StartTransaction: () => ({ transactionId: next(), idTagInfo }),
    StopTransaction: () => (data.idTag ? { idTagInfo } : {}),
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    StatusNotification: () => ({}),
    MeterValues: () => ({}),
    DiagnosticsStatusNotification: () => ({}),
    FirmwareStatusNotification: () => ({}),
};
if (command === undefined || answers[command] === undefined) return null;
return { ...msg, payload: answers[command]() };
`;
const ASK = `
const { station, action } = msg.req.params;
const request = { payload: { cbId: station, command: action, data: msg.payload } };
return [request, { ...msg, statusCode: 202, payload: {} }];
`;

function flow(port) {
    const at = { z: 'csms', x: 0, y: 0 };
    return [
        { id: 'csms', type: 'tab', label: 'central system' },
        {
            ...at,
            ...{ id: 'server', type: 'CS server', port: String(port), portType: 'num' },
            ...{ enabled15: false, enabled16: false, enabled16j: true, path16j: '/ocpp' },
            ...{ path15: '', path16: '', log: false, pathlog: '', wires: [['answer'], []] },
        },
        { ...at, id: 'answer', type: 'function', func: ANSWER, outputs: 1, wires: [['response']] },
        { ...at, id: 'response', type: 'server response', name: '', wires: [] },
        {
            ...at,
            ...{ id: 'send', type: 'http in', url: '/send/:station/:action', method: 'post' },
            wires: [['ask']],
        },
        { ...at, id: 'ask', type: 'function', func: ASK, outputs: 2, wires: [['request'], ['ok']] },
        { ...at, id: 'ok', type: 'http response', statusCode: '', wires: [] },
        { id: 'remote', type: 'ocpp-remotej-cp', cbId: 'CP01', name: 'any', ocppver: '1.6j' },
        {
            ...at,
            ...{ id: 'request', type: 'CS request JSON', remotecb: 'remote', command: '' },
            ...{ cmddata: '', log: false, pathlog: '', wires: [[]] },
        },
    ];
}

// Its server wants a port by number: one that was free a moment ago.
async function freePort() {
    const server = createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

const port = await freePort();
const userDir = mkdtempSync(join(tmpdir(), 'nodered-'));
writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow(port)));
const app = express();
const server = createServer(app);
RED.init(server, {
    ...{ userDir, flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: '/' },
    ...{ disableEditor: true, credentialSecret: false, telemetry: { enabled: false } },
    logging: { ours: { level: 'warn', handler: () => (entry) => told(entry) } },
});
app.use('/', RED.httpNode);

function told(entry) {
    const text = String(entry.msg?.message ?? entry.msg);
    if (entry.level <= 20) complain(`${entry.type ?? 'node-red'}: ${text}`);
}

// One port for the tests: a WebSocket is handed through to the flow's own server as it comes.
server.on('upgrade', (request, socket, head) => {
    const there = connect(port, '127.0.0.1', () => {
        const lines = [`${request.method} ${request.url} HTTP/1.1`];
        for (let n = 0; n < request.rawHeaders.length; n += 2) {
            lines.push(`${request.rawHeaders[n]}: ${request.rawHeaders[n + 1]}`);
        }
        there.write(`${lines.join('\r\n')}\r\n\r\n`);
        there.write(head);
        socket.pipe(there).pipe(socket);
    });
    there.on('error', () => socket.destroy());
    there.on('close', () => socket.destroy());
    socket.on('error', () => there.destroy());
    socket.on('close', () => there.destroy());
});

const started = new Promise((done) => RED.runtime.events.once('flows:started', done));
await RED.start();
await started;
await new Promise((done) => server.listen(0, '127.0.0.1', done));
announce(server, undefined, () => rmSync(userDir, { recursive: true, force: true }));
