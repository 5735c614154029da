// The charge point of ocpp-ws-cli, whose keys are pressed as a person at its terminal would.
//
//     node simulator.mjs ocpp1.6 TOKEN
//
// It has no cable: plugging in is "Update Status" to Preparing, taking out is to Available; the
// transaction is started by hand when there is both a cable and an authorized token.
// A power cut ends its process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { announce, run, serve, stationContract } from './control.mjs';

const HURRY = new URL('./hurry.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(import.meta.resolve('ocpp-ws-cli'));
const [DOWN, ENTER, CLEAR_LINE] = ['\x1b[B', '\r', '\x15'];
const [protocol, token] = process.argv.slice(2);

class Terminal {
    constructor() {
        this.token = token;
        this.work = Promise.resolve();
    }

    powerOn() {
        const where = ['--endpoint', this.url, '--identity', 'CP01', '--protocol', protocol];
        // Without --report it asks for one; the report would be written at its "quit" only.
        const rest = ['--id-tag', token, '--report', 'json'];
        this.process = spawn(process.execPath, ['--import', HURRY, PROGRAM, 'simulate', ...where, ...rest], {
            stdio: ['pipe', 'pipe', 'ignore'],
        });
        this.gone = once(this.process, 'exit');
        this.token = token;
        this.cable = this.authorized = false;
        this.shown = '';
        this.process.stdout.on('data', (data) => (this.shown += data));
    }

    // Waits until one of the texts is shown, after what has been waited for before.
    async shows(...texts) {
        const { process: running } = this;
        for (;;) {
            const found = texts.find((text) => this.shown.includes(text));
            if (found) {
                this.shown = this.shown.slice(this.shown.indexOf(found) + found.length);
                return found;
            }
            if (running.exitCode !== null || running.signalCode !== null) return '';
            await Promise.race([once(running.stdout, 'data'), this.gone]);
        }
    }

    press(...keys) {
        this.shown = '';
        this.process.stdin.write(keys.join(''));
    }

    async choose(...keys) {
        this.press('u');
        await this.shows('Select new Connector Status');
        this.press(...keys);
        await this.shows('StatusNotification (', 'StatusNotification failed');
    }

    async authorize(id) {
        if (id !== this.token) {
            this.press('i');
            await this.shows('Enter new ID Tag');
            this.press(CLEAR_LINE, id, ENTER);
            await this.shows('Active ID Tag changed');
            this.token = id;
        }
        this.press('a');
        await this.shows('Sending Authorize');
        const answer = await this.shows('Authorize Response', 'Authorize rejected', 'Authorize failed');
        if (answer !== 'Authorize Response') return;
        this.authorized = true;
        if (this.cable) this.press('t');
        else await this.choose(DOWN, ENTER);
    }

    async plugged() {
        this.cable = true;
        if (this.authorized) this.press('t');
        else await this.choose(DOWN, ENTER);
    }

    // What the operator does

    plugIn() {
        this.begin(() => this.plugged());
    }

    plugOut() {
        this.cable = this.authorized = false;
        this.begin(() => this.choose(ENTER));
    }

    present(_, id) {
        this.begin(() => this.authorize(id));
    }

    reboot() {
        this.process.kill('SIGKILL');
        run(this.gone.then(() => this.powerOn()));
        this.work = Promise.resolve();
    }

    // What happens goes on one after the other, until the power is cut.
    begin(act) {
        const { process: now } = this;
        this.work = run(this.work.then(() => now === this.process && act()));
    }
}

const terminal = new Terminal();
announce(
    await serve(stationContract(terminal)),
    (url) => {
        terminal.url = url;
        terminal.powerOn();
    },
    () => terminal.process?.kill('SIGKILL'),
);
