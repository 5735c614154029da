// A station's connection by ocpp-rpc or typed.mjs: strict, queued while offline, cut when the power is cut.

import { once, setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { complain } from './control.mjs';
import { Client, OPEN } from './stack.mjs';

// Reports what the library finds wrong in a frame of the other side, while anyone listens.
export function watch(client, gone = () => false) {
    client.on('strictValidationFailure', ({ method, error, outbound }) =>
        complain(`${outbound ? 'own' : 'received'} ${method}: ${error.message}`),
    );
    client.on('badMessage', ({ error }) => {
        if (!gone()) complain(`bad message: ${error.message}`);
    });
}

// After how long an answer is given up, in seconds (MessageTimeout).
export const TIMEOUT = 5;

export class Link {
    constructor(endpoint, identity, protocol) {
        this.power = new AbortController();
        setMaxListeners(0, this.power.signal); // each timer listens
        this.client = new Client({
            endpoint,
            identity,
            protocols: [protocol],
            strictMode: true,
            callTimeoutMs: TIMEOUT * 1000,
            backoff: { initialDelay: 100, maxDelay: 1000 },
        });
        // After a power cut the library forgets its CALLs, but still reads what has arrived.
        watch(this.client, () => this.cut);
    }

    get cut() {
        return this.power.signal.aborted;
    }

    get online() {
        return this.client.state === OPEN;
    }

    // Waits `least` milliseconds before it connects again, twice that after each refusal.
    backOff(least, most) {
        const backoff = { initialDelay: least, maxDelay: most, randomisationFactor: 0 };
        this.client.reconfigure({ backoff });
    }

    // Sends a ping every so many seconds, or none for 0, where the package has a way to.
    ping(every) {
        this.client.reconfigure({ pingIntervalMs: every * 1000 });
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
            // Its time is not to run out while there is nobody who could answer.
            if (!this.online) await once(this.client, 'open');
            try {
                return await this.client.call(action, payload);
            } catch (error) {
                if (this.cut) await new Promise(() => {});
                if (error.name !== 'AbortError') {
                    complain(`${action} was not answered: ${error.message}`);
                    throw error;
                }
            }
        }
    }

    // Sends a CALL about a transaction: refused or not answered, it is sent again, later each time.
    async insist(action, payload, { attempts, interval }) {
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await this.call(action, payload);
            } catch (error) {
                if (attempt >= attempts) throw error;
                await this.wait(attempt * interval);
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
