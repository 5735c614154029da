// A plain central system for OCPP 1.6 and 2.0.1, written on ocpp-rpc or typed.mjs; one server for all.

import { announce, complain, serve } from './control.mjs';
import { watch } from './link.mjs';
import { request } from './orders_16.mjs';
import { Server } from './stack.mjs';

const TOKENS = {
    TAG001: 'Accepted',
    TAG002: 'Accepted',
    TAG003: 'Accepted',
    BLOCKED01: 'Blocked',
    EXPIRED01: 'Expired',
};
const FAMILY = { TAG001: 'GROUP1', TAG003: 'GROUP1' };
const INTERVAL = 5;
const stations = new Map();
let numbers = 0;

const now = () => new Date().toISOString();
const info = (token) => ({ status: TOKENS[token] ?? 'Invalid' });
const info16 = (tag) => ({
    ...info(tag),
    ...(FAMILY[tag] ? { parentIdTag: FAMILY[tag] } : {}),
    ...(TOKENS[tag] === 'Expired' ? { expiryDate: '2020-01-01T00:00:00Z' } : {}),
});
const boot = () => ({ status: 'Accepted', currentTime: now(), interval: INTERVAL });
const nothing = () => ({});

// What the stations ask

const ANSWERS = {
    'ocpp1.6': {
        BootNotification: boot,
        Heartbeat: () => ({ currentTime: now() }),
        Authorize: ({ idTag }) => ({ idTagInfo: info16(idTag) }),
        StartTransaction: ({ idTag }) => ({ transactionId: ++numbers, idTagInfo: info16(idTag) }),
        StopTransaction: ({ idTag }) => (idTag ? { idTagInfo: info16(idTag) } : {}),
        DataTransfer: () => ({ status: 'UnknownVendorId' }),
        StatusNotification: nothing,
        MeterValues: nothing,
        DiagnosticsStatusNotification: nothing,
        FirmwareStatusNotification: nothing,
    },
    'ocpp2.0.1': {
        BootNotification: boot,
        Heartbeat: () => ({ currentTime: now() }),
        Authorize: ({ idToken }) => ({ idTokenInfo: info(idToken.idToken) }),
        TransactionEvent: ({ idToken }) => (idToken ? { idTokenInfo: info(idToken.idToken) } : {}),
        DataTransfer: () => ({ status: 'UnknownVendorId' }),
        StatusNotification: nothing,
        MeterValues: nothing,
        NotifyEvent: nothing,
        NotifyReport: nothing,
        ReportChargingProfiles: nothing,
        SecurityEventNotification: nothing,
        FirmwareStatusNotification: nothing,
        LogStatusNotification: nothing,
    },
};

// What the operator wants sent

function schedule(wish) {
    const absolute = wish.kind === 'Absolute' ? { startSchedule: now() } : {};
    return {
        ...absolute,
        duration: wish.duration,
        chargingRateUnit: wish.unit,
        chargingSchedulePeriod: [
            { startPeriod: 0, limit: wish.limit, numberPhases: wish.number_phases },
        ],
    };
}

function profile(wish) {
    const end = new Date(Date.now() + wish.duration * 1000).toISOString();
    return {
        stackLevel: wish.stack_level,
        chargingProfilePurpose: wish.purpose,
        chargingProfileKind: wish.kind,
        ...(wish.valid ? { validFrom: now(), validTo: end } : {}),
    };
}

const profile201 = (wish) => ({
    id: wish.profile_id,
    ...profile(wish),
    chargingSchedule: [{ id: 1, ...schedule(wish) }],
});

const REQUESTS = {
    RequestStartTransaction: (w) => ({
        evseId: w.evse,
        remoteStartId: ++numbers,
        idToken: { idToken: w.token, type: w.kind },
        ...(w.profile ? { chargingProfile: profile201(w.profile) } : {}),
    }),
    RequestStopTransaction: (w) => ({ transactionId: w.transaction }),
    SetChargingProfile: (w) => ({
        evseId: w.evse,
        chargingProfile: profile201(w.profile),
    }),
    GetCompositeSchedule: (w) => ({
        evseId: w.evse,
        duration: w.duration,
        chargingRateUnit: w.unit,
    }),
    GetVariables: (w) => ({
        getVariableData: [
            { component: { name: w.component }, variable: { name: w.variable } },
        ],
    }),
};

// OCPP 2.0.1 by the tool's own contract, OCPP 1.6 by an interface of this system's own.
function wanted([first, second, third], body) {
    if (first === 'stations') return request(third, body, second, info16);
    const payload = first === '2.0.1' && REQUESTS[third];
    return payload ? { action: third, payload: payload(body) } : undefined;
}

function order(path, query, text) {
    const found = wanted(path, JSON.parse(text));
    if (found === undefined) return 404;
    const client = stations.get(path[1]);
    if (client?.protocol !== (path[0] === 'stations' ? 'ocpp1.6' : 'ocpp2.0.1')) return 409;
    client.call(found.action, found.payload).catch((error) => {
        if (error.name !== 'AbortError')
            complain(`${found.action} was not answered: ${error.message}`);
    });
    return 202;
}

const central = new Server({ protocols: Object.keys(ANSWERS), strictMode: true });
central.on('client', (client) => {
    watch(client);
    stations.set(client.identity, client);
    for (const [action, answer] of Object.entries(ANSWERS[client.protocol])) {
        client.handle(action, ({ params }) => answer(params));
    }
    client.on('close', () => {
        if (stations.get(client.identity) === client) stations.delete(client.identity);
    });
});
const server = await serve(order);
server.on('upgrade', central.handleUpgrade);
announce(server);
