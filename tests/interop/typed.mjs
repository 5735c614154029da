// OCPP-J without ocpp-rpc: the checks of typed-ocpp, over the WebSockets of undici (a station's) and
// of faye-websocket (a central system's). It has the names that the scripts use of ocpp-rpc.

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import Accepted from 'faye-websocket';
import deflate from 'permessage-deflate';
import { OCPP16, OCPP20 } from 'typed-ocpp';
import { WebSocket } from 'undici';

const VERSIONS = { 'ocpp1.6': OCPP16, 'ocpp2.0.1': OCPP20 };
const [CALL, CALLRESULT, CALLERROR] = [2, 3, 4];
const [CONNECTING, OPEN, CLOSED] = [0, 1, 3];
const NOBODY = '-1'; // the id of what cannot be read (2.0.1: Part 4, 4.2.3)
const LONGEST = 2 ** 22;

// Calls and answers over one WebSocket after the other.
class Channel extends EventEmitter {
    constructor(timeout) {
        super();
        this.timeout = timeout;
        this.state = CONNECTING;
        this.handlers = new Map();
        this.pending = new Map();
        this.turn = Promise.resolve();
    }

    speak(protocol) {
        this.protocol = protocol;
        this.ocpp = VERSIONS[protocol];
    }

    handle(action, answer) {
        this.handlers.set(action, answer);
    }

    // Sends a CALL when those before are answered, or have timed out.
    call(action, payload) {
        const answered = this.turn.then(() => this.ask([CALL, randomUUID(), action, payload]));
        this.turn = answered.catch(() => {});
        return answered;
    }

    ask(call) {
        if (this.state !== OPEN) throw new DOMException('not connected', 'AbortError');
        this.check(call, this.ocpp.validateCall, 'own');
        return new Promise((resolve, reject) => {
            const late = () => this.settle(call[1])?.reject(new Error('Call timeout'));
            const timer = setTimeout(late, this.timeout);
            this.pending.set(call[1], { call, resolve, reject, timer });
            this.send(call);
        });
    }

    settle(id) {
        const asked = this.pending.get(id);
        this.pending.delete(id);
        clearTimeout(asked?.timer);
        return asked;
    }

    send(frame) {
        if (this.state === OPEN) this.socket.send(JSON.stringify(frame));
    }

    check(message, valid, whose) {
        if (valid(message)) return true;
        const error = { message: valid.errors.join('; ') };
        const method = message[0] === CALL ? message[2] : 'an answer';
        this.emit('strictValidationFailure', { method, error, outbound: whose === 'own' });
        return false;
    }

    lost() {
        for (const id of [...this.pending.keys()])
            this.settle(id).reject(new DOMException('the connection is lost', 'AbortError'));
    }

    receive(data) {
        if (typeof data !== 'string') return this.bad('a binary message');
        let message;
        try {
            message = JSON.parse(data);
        } catch {
            return this.unreadable('RpcFrameworkError', 'no JSON');
        }
        if (!Array.isArray(message)) return this.unreadable('RpcFrameworkError', 'no array');
        const [type, id] = message;
        if (type === CALL) run(this.called(message));
        else if (type === CALLRESULT || type === CALLERROR) this.answered(message);
        else this.unreadable('MessageTypeNotSupported', 'no such message type', id);
    }

    bad(text) {
        this.emit('badMessage', { error: new Error(text) });
    }

    // 1.6 has no codes for this, and ignores it (4.1.3).
    unreadable(code, text, id) {
        this.bad(text);
        const known = typeof id === 'string' && id.length <= 36 ? id : NOBODY;
        if (this.ocpp !== OCPP16) this.send([CALLERROR, known, code, text, {}]);
    }

    async called(message) {
        const { Action, ErrorCode } = this.ocpp;
        const [, id, action, params] = message;
        const refuse = (code, text) => this.send([CALLERROR, id, code, text.slice(0, 255), {}]);
        if (typeof id !== 'string') return this.unreadable('RpcFrameworkError', 'no id', id);
        if (!(action in Action)) return refuse(ErrorCode.NotImplemented, 'no such action');
        const answer = this.handlers.get(action);
        if (!this.check(message, this.ocpp.validateCall, 'received')) {
            const { errors } = this.ocpp.validateCall;
            return refuse(ErrorCode[named(message, errors)], errors.join('; '));
        }
        if (answer === undefined) return refuse(ErrorCode.NotSupported, 'not supported');
        const result = [CALLRESULT, id, await answer({ params })];
        this.check(result, (r) => this.ocpp.checkCallResult(r, message), 'own');
        this.send(result);
    }

    answered(message) {
        const { checkCallResult, validateCallError } = this.ocpp;
        const [type, id, first, description] = message;
        const asked = this.settle(id);
        if (asked === undefined) return this.bad(`an answer to nothing: ${id}`);
        const valid = (m) => (type === CALLRESULT ? checkCallResult(m, asked.call) : validateCallError(m));
        valid.errors = (type === CALLRESULT ? checkCallResult : validateCallError).errors;
        if (!this.check(message, valid, 'received')) asked.reject(new Error('a wrong answer'));
        else if (type === CALLRESULT) asked.resolve(first);
        else asked.reject(new Error(`${first}: ${description}`));
    }
}

// The name of the error that an invalid CALL is refused with.
function named(message, errors) {
    if (message.length !== 4 || errors.some((e) => e.startsWith('Invalid OCPP call: /3 ')))
        return 'FormationViolation';
    if (errors.some((e) => /required property|(fewer|more) than \d+ items/.test(e)))
        return 'OccurrenceConstraintViolation';
    return errors.some((e) => /must be (string|number|integer|boolean|object|array)/.test(e))
        ? 'TypeConstraintViolation'
        : 'PropertyConstraintViolation';
}

// An error in a handler is one of the script, and ends it.
function run(work) {
    work.catch((error) => setImmediate(() => { throw error; }));
}

export class Client extends Channel {
    constructor({ endpoint, identity, protocols, callTimeoutMs, backoff }) {
        super(callTimeoutMs);
        this.url = `${endpoint}/${encodeURIComponent(identity)}`;
        this.speak(protocols[0]);
        this.reconfigure({ backoff });
    }

    reconfigure({ backoff }) {
        this.backoff = backoff;
    }

    async connect() {
        const socket = new WebSocket(this.url, [this.protocol]);
        await new Promise((resolve, reject) => {
            socket.addEventListener('open', resolve);
            socket.addEventListener('error', reject); // a refusal is no close
            socket.addEventListener('close', reject);
        });
        if (this.state === CLOSED) return socket.close();
        [this.socket, this.state] = [socket, OPEN];
        socket.addEventListener('message', ({ data }) => this.receive(data));
        socket.addEventListener('close', () => this.again());
        this.emit('open');
    }

    // Connects again, with more and more time between the attempts.
    async again() {
        if (this.state === OPEN) this.state = CONNECTING;
        this.lost();
        this.emit('disconnect');
        for (let delay = this.backoff.initialDelay; this.state === CONNECTING; delay *= 2) {
            await pause(Math.min(delay, this.backoff.maxDelay));
            await this.connect().catch(() => {});
        }
    }

    async close() {
        const open = this.state === OPEN;
        this.state = CLOSED;
        if (!open) return;
        this.socket.close();
        await once(this, 'disconnect');
    }
}

export class Server extends EventEmitter {
    constructor({ protocols }) {
        super();
        this.protocols = protocols;
        this.handleUpgrade = (request, socket, head) => {
            const options = { extensions: [deflate], maxLength: LONGEST };
            const accepted = new Accepted(request, socket, head, this.protocols, options);
            accepted.on('open', () => this.begin(request, accepted));
        };
    }

    begin(request, socket) {
        if (!socket.protocol) return socket.close(); // none in common (3.2)
        const client = new Channel(30_000);
        client.speak(socket.protocol);
        client.identity = decodeURIComponent(request.url.split('/').at(-1));
        Object.assign(client, { socket, state: OPEN });
        socket.on('message', ({ data }) => client.receive(data));
        socket.on('close', () => {
            client.state = CLOSED;
            client.lost();
            client.emit('close');
        });
        this.emit('client', client);
    }
}
