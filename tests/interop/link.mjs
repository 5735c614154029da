// A station's connection by ocpp-rpc: strict, queued while offline, cut when the power is cut.

import { once, setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import rpc from 'ocpp-rpc';
import { complain } from './control.mjs';

// Reports what the library finds wrong in a frame of the other side, while anyone listens.
export function watch(client, gone = () => false) {
    client.on('strictValidationFailure', ({ method, error, outbound }) =>
        complain(`${outbound ? 'own' : 'received'} ${method}: ${error.message}`),
    );
    client.on('badMessage', ({ error }) => {
        if (!gone()) complain(`bad message: ${error.message}`);
    });
}

export class Link {
    constructor(endpoint, identity, protocol) {
        this.power = new AbortController();
        setMaxListeners(0, this.power.signal); // each timer listens
        this.client = new rpc.RPCClient({
            endpoint,
            identity,
            protocols: [protocol],
            strictMode: true,
            backoff: { initialDelay: 100, maxDelay: 1000 },
        });
        // After a power cut the library forgets its CALLs, but still reads what has arrived.
        watch(this.client, () => this.cut);
    }

    get cut() {
        return this.power.signal.aborted;
    }

    handle(action, answer) {
        this.client.handle(action, ({ params }) => answer(params));
    }

    async open() {
        while (!this.cut) {
            try {
                return await this.client.connect();
            } catch {
                await this.wait(0.2);
            }
        }
    }

    // Sends a CALL, again after a lost connection; never ends once the power is cut.
    async call(action, payload) {
        for (;;) {
            try {
                return await this.client.call(action, payload);
            } catch (error) {
                if (this.cut) await new Promise(() => {});
                if (error.name !== 'AbortError') {
                    complain(`${action} was not answered: ${error.message}`);
                    throw error;
                }
                await once(this.client, 'open');
            }
        }
    }

    async wait(seconds, signal = this.power.signal) {
        await pause(seconds * 1000, undefined, { signal });
    }

    later(seconds, act) {
        const timer = setTimeout(act, seconds * 1000);
        this.power.signal.addEventListener('abort', () => clearTimeout(timer));
    }

    every(seconds, act) {
        const timer = setInterval(act, seconds * 1000);
        this.power.signal.addEventListener('abort', () => clearInterval(timer));
        return timer;
    }

    async cutPower() {
        this.power.abort();
        await this.client.close({ force: true });
    }
}
