// Loaded before the simulator of ocpp-ws-cli: what it does every time after 5 s (connect again)
// and after 10 s (boot again) it does after a tenth of that. Nothing else of it is touched.

const HURRIED = /this\.(connect|runBootSequence)\(\)/;
const later = globalThis.setTimeout;
globalThis.setTimeout = (act, delay, ...rest) =>
    later(act, HURRIED.test(String(act)) ? delay / 10 : delay, ...rest);
