// A plain central system for OCPP 1.6 and 2.0.1, written on ocpp-rpc; one server for all.

import rpc from 'ocpp-rpc';
import { announce, complain, serve } from './control.mjs';
import { watch } from './link.mjs';

const TOKENS = {
    TAG001: 'Accepted',
    TAG002: 'Accepted',
    BLOCKED01: 'Blocked',
    EXPIRED01: 'Expired',
};
const INTERVAL = 5;
const stations = new Map();
let numbers = 0;

const now = () => new Date().toISOString();
const info = (token) => ({ status: TOKENS[token] ?? 'Invalid' });
const boot = () => ({ status: 'Accepted', currentTime: now(), interval: INTERVAL });
const nothing = () => ({});

// What the stations ask

const ANSWERS = {
    'ocpp1.6': {
        BootNotification: boot,
        Heartbeat: () => ({ currentTime: now() }),
        Authorize: ({ idTag }) => ({ idTagInfo: info(idTag) }),
        StartTransaction: ({ idTag }) => ({ transactionId: ++numbers, idTagInfo: info(idTag) }),
        StopTransaction: ({ idTag }) => (idTag ? { idTagInfo: info(idTag) } : {}),
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

const profile16 = (wish) => ({
    chargingProfileId: wish.profile_id,
    ...profile(wish),
    chargingSchedule: schedule(wish),
});
const profile201 = (wish) => ({
    id: wish.profile_id,
    ...profile(wish),
    chargingSchedule: [{ id: 1, ...schedule(wish) }],
});

const REQUESTS = {
    'ocpp1.6': {
        RemoteStartTransaction: (w) => ({
            connectorId: w.evse,
            idTag: w.token,
            ...(w.profile ? { chargingProfile: profile16(w.profile) } : {}),
        }),
        RemoteStopTransaction: (w) => ({ transactionId: Number(w.transaction) }),
        SetChargingProfile: (w) => ({
            connectorId: w.evse,
            csChargingProfiles: profile16(w.profile),
        }),
        GetCompositeSchedule: (w) => ({
            connectorId: w.evse,
            duration: w.duration,
            chargingRateUnit: w.unit,
        }),
    },
    'ocpp2.0.1': {
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
    },
};

function order([version, identity, action], query, body) {
    const request = REQUESTS[`ocpp${version}`]?.[action];
    if (request === undefined) return 404;
    const client = stations.get(identity);
    if (client?.protocol !== `ocpp${version}`) return 409;
    client.call(action, request(JSON.parse(body))).catch((error) => {
        if (error.name !== 'AbortError') complain(`${action} was not answered: ${error.message}`);
    });
    return 202;
}

const central = new rpc.RPCServer({ protocols: Object.keys(ANSWERS), strictMode: true });
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
